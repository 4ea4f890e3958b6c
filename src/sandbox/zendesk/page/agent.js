/* The agent's page in the browser: live refresh, sending without losing what is typed. */

import { keepRefreshing, localTimes, refresh as refreshPart } from '/sandbox/assets/live.js';
import { send } from '/sandbox/assets/send.js';

const live = document.getElementById('live');
const composer = document.getElementById('composer');

const refresh = () =>
  refreshPart(live, {
    before: () => window.innerHeight + window.scrollY >= document.body.offsetHeight - 80,
    after(_part, wasAtEnd) {
      localTimes(live);
      if (composer && wasAtEnd) window.scrollTo({ top: document.body.scrollHeight, behavior: 'smooth' });
    },
  });

function say(problem) {
  composer.querySelector('.problem').textContent = problem;
}

async function submit(form, data) {
  say('');
  const { next, problem } = await send(form, data);
  if (problem) return say(problem);
  if (next) return location.assign(next);
  if (form !== composer) return location.reload();
  await refresh();
}

async function uploadFiles(input) {
  for (const file of input.files) {
    const response = await fetch(`${input.dataset.uploads}?filename=${encodeURIComponent(file.name)}`, {
      method: 'POST',
      headers: { 'content-type': file.type || 'application/octet-stream' },
      body: file,
    });
    const { token } = await response.json();
    const hidden = Object.assign(document.createElement('input'), { type: 'hidden', name: 'upload', value: token });
    const shown = Object.assign(document.createElement('span'), { className: 'tag', textContent: file.name });
    composer.querySelector('.uploads').append(shown, hidden);
  }
  input.value = '';
}

function markKind() {
  composer.classList.toggle('internal', composer.elements.kind.value === 'internal');
}

function rememberAgent() {
  const choice = composer.elements.as;
  const kept = localStorage.getItem('agent');
  if ([...choice.options].some((option) => option.value === kept)) choice.value = kept;
  choice.addEventListener('change', () => localStorage.setItem('agent', choice.value));
}

function listen() {
  document.addEventListener('submit', (event) => {
    event.preventDefault();
    const data = new FormData(event.target, event.submitter);
    if (event.target !== composer) data.set('as', composer.elements.as.value);
    if (data.get('do') === 'delete' && !confirm('Delete this ticket?')) return;
    submit(event.target, data).catch(() => say('The sandbox did not answer.'));
  });
  composer.elements.text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
      composer.requestSubmit(composer.querySelector('[value=reply]'));
  });
  composer.addEventListener('change', (event) => {
    if (event.target.type === 'file') uploadFiles(event.target).catch(() => say('The file was not taken.'));
    else markKind();
  });
  rememberAgent();
  markKind();
}

localTimes(document);
if (composer) listen();
if (live) void keepRefreshing(refresh);
