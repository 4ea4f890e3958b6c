// Times in the viewer's zone, buttons that copy, forms that say what is wrong while one types.
const form = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const today = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** Enhances a part of the page; once for each part. */
export function enhance(root) {
  for (const time of root.querySelectorAll('time')) localise(time);
  for (const button of root.querySelectorAll('[data-copy]')) button.addEventListener('click', () => void copy(button));
  for (const input of root.querySelectorAll('[data-pattern]')) validate(input);
  for (const chat of root.querySelectorAll('form[data-chat]')) converse(chat);
  root.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  for (const end of root.querySelectorAll('[data-scroll-end]')) end.scrollTop = end.scrollHeight;
}

function localise(time) {
  const at = new Date(time.dateTime);
  time.title = time.textContent ?? '';
  const isToday = at.toDateString() === new Date().toDateString();
  time.textContent = isToday ? `today, ${today.format(at)}` : form.format(at);
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => (button.textContent = before), 1500);
}

/** Says what is expected as soon as a field is left, and takes it back as soon as it is right. The server checks in the same way. */
function validate(input) {
  const problem = document.getElementById(`${input.id}-problem`);
  const pattern = new RegExp(input.dataset.pattern, 'u');
  const check = () => {
    const value = input.value.trim();
    const isWrong = value !== '' && !pattern.test(value);
    input.setCustomValidity(isWrong ? input.dataset.expected : '');
    if (problem !== null) problem.textContent = isWrong ? input.dataset.expected : '';
    if (isWrong) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  };
  input.addEventListener('blur', check);
  input.addEventListener('input', () => input.hasAttribute('aria-invalid') && check());
}

/** Sends what is written without leaving the page; the page shows it a moment later. What could not be sent is put back. */
function converse(chat) {
  const text = chat.querySelector('[name=text]');
  const problem = chat.querySelector('.problem');
  chat.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(chat));
    if (body.get('text').trim() === '') return;
    // What is typed from now on is another message.
    text.value = '';
    text.focus();
    const trouble = await troubleWith(chat.action, body);
    problem.textContent = trouble === undefined ? '' : `It was not sent: ${trouble}. Try again.`;
    if (trouble === undefined) return document.dispatchEvent(new Event('deskbridge:look'));
    text.value = [body.get('text'), text.value].filter((part) => part !== '').join(' ');
    problem.scrollIntoView({ block: 'nearest' });
  });
}

async function troubleWith(address, body) {
  try {
    const { ok, status } = await fetch(address, { method: 'POST', body });
    return ok ? undefined : `the server answers ${status}`;
  } catch {
    return 'the server does not answer';
  }
}
