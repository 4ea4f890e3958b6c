// Keeps the parts of a page fresh that are marked with data-live: asks for the page again, and takes over what changed.
// The first part says where that is another address: data-live="…". With data-follow the browser goes where that leads on to.
import { enhance } from './enhance.js';

const EVERY_MS = 2000;
/** When the server does not answer, or not now, it is asked less and less often. */
const SLOWEST_MS = 30_000;

let pause = EVERY_MS;
let timer;
let tag = '';

export function keepFresh() {
  if (document.querySelector('[data-live]') === null) return;
  document.addEventListener('visibilitychange', () => schedule(document.hidden ? undefined : 0));
  document.addEventListener('deskbridge:look', () => schedule(0));
  schedule(EVERY_MS);
}

function schedule(ms) {
  clearTimeout(timer);
  if (ms !== undefined) timer = setTimeout(look, ms);
}

async function look() {
  try {
    const first = document.querySelector('[data-live]');
    const answer = await fetch(first.dataset.live || location.href, {
      headers: { 'x-deskbridge-live': '1', 'if-none-match': tag },
      cache: 'no-store',
    });
    if (answer.status >= 500 || answer.status === 429) throw new Error(`the server answers ${answer.status}`);
    if (answer.redirected && first.hasAttribute('data-follow')) return location.assign(answer.url);
    // Signed out, or gone: what is shown stays, until the person does something.
    if (answer.redirected || (!answer.ok && answer.status !== 304)) return;
    if (answer.status !== 304) takeOver(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    tag = answer.headers.get('etag') ?? '';
    pause = EVERY_MS;
  } catch {
    pause = Math.min(pause * 2, SLOWEST_MS);
  }
  if (!document.hidden) schedule(pause);
}

function takeOver(fresh) {
  for (const old of document.querySelectorAll('[data-live]')) {
    const now = fresh.getElementById(old.id);
    // Whoever has opened a question or writes in a form is not disturbed.
    if (now === null || isBusy(old)) continue;
    if (old.dataset.shown === now.innerHTML) continue;
    const shown = now.innerHTML;
    const isAtEnd = old.hasAttribute('data-scroll-end') && old.scrollHeight - old.scrollTop - old.clientHeight < 80;
    old.replaceChildren(...now.childNodes);
    old.dataset.shown = shown;
    enhance(old);
    if (isAtEnd) old.scrollTop = old.scrollHeight;
  }
}

const isBusy = (part) => part.querySelector('details.ask[open]') !== null || part.contains(document.activeElement);
