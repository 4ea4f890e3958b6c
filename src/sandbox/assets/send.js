/* How the sandbox's pages send their forms. */

/**
 * Sends a form. Answers what the sandbox says: where to go on (`next`), or why it did not take it (`problem`). One that has a
 * place for words is emptied at once, as what is typed while one waits is another message; what was not taken is put back.
 */
export async function send(form, data) {
  const putBack = form.elements.text ? empty(form) : () => undefined;
  const answer = await post(form.action, data).catch(() => ({ problem: 'The sandbox did not answer.' }));
  if (answer.problem) putBack();
  return answer;
}

async function post(address, data) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(data),
  });
  const answer = await response.json();
  return response.ok ? answer : { problem: answer.problem ?? answer.description };
}

/** Answers how to put back what was in it, in front of what was typed since. */
function empty(form) {
  const { text } = form.elements;
  const uploads = form.querySelector('.uploads');
  const [words, files] = [text.value, [...uploads.childNodes]];
  text.value = '';
  uploads.replaceChildren();
  return () => {
    text.value = [words, text.value].filter((part) => part !== '').join('\n');
    uploads.prepend(...files);
  };
}
