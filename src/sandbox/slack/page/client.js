/* Slack's page in the browser: parts that refresh themselves, and sending without losing what is typed. */

import { keepRefreshing, localTimes, refresh } from '/sandbox/assets/live.js';
import { send } from '/sandbox/assets/send.js';

const TIME = { dateStyle: 'medium', timeStyle: 'short' };
const parts = [...document.querySelectorAll('[data-live]')];

const toEnd = (part) => part.classList.contains('scroll') && part.scrollTo({ top: part.scrollHeight });
const isAtEnd = (part) => part.scrollTop + part.clientHeight >= part.scrollHeight - 60;

async function refreshAll() {
  for (const part of parts) {
    if (part.querySelector('.tools:hover, .tools :focus')) continue;
    await refresh(part, {
      before: isAtEnd,
      after(changed, wasAtEnd) {
        localTimes(changed, TIME);
        if (wasAtEnd) toEnd(changed);
      },
    });
  }
}

function say(form, problem) {
  const place = form.querySelector('.problem');
  if (place) place.textContent = problem;
  else if (problem) alert(problem);
}

async function submit(form, submitter) {
  say(form, '');
  if (submitter?.value === 'deleteChannel' && !confirm('Delete this channel for good?')) return;
  const { next, problem } = await send(form, new FormData(form, submitter));
  if (problem) return say(form, problem);
  if (next) return location.assign(next);
  await refreshAll();
  if (form.classList.contains('composer')) toEnd(form.parentElement.querySelector('.scroll'));
}

async function attach(input) {
  for (const file of input.files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    const value = JSON.stringify({ name: file.name, base64 });
    const hidden = Object.assign(document.createElement('input'), { type: 'hidden', name: 'file', value });
    const shown = Object.assign(document.createElement('span'), { className: 'upload', textContent: file.name });
    input.form.querySelector('.uploads').append(shown, hidden);
  }
  input.value = '';
}

document.addEventListener('submit', (event) => {
  if (event.target.classList.contains('persona')) return;
  event.preventDefault();
  submit(event.target, event.submitter).catch(() => say(event.target, 'The sandbox did not answer.'));
});

document.addEventListener('keydown', (event) => {
  const isWriting = event.target.matches('.composer textarea');
  if (!isWriting || event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector('.primary'));
});

document.addEventListener('change', (event) => {
  if (event.target.name === 'as') event.target.form.submit();
  if (event.target.type === 'file') attach(event.target).catch(() => say(event.target.form, 'The file was not taken.'));
});

localTimes(document, TIME);
for (const part of parts) toEnd(part);
// On a narrow screen the panes stand below one another.
[...document.querySelectorAll('.talk, .thread')].at(-1)?.scrollIntoView({ block: 'nearest' });
void keepRefreshing(refreshAll);
