/* What the sandbox's pages share in the browser: times in the viewer's zone, and parts that refresh themselves. */

const PAUSE_MS = 2000;

export function localTimes(root, style = { dateStyle: 'medium', timeStyle: 'medium' }) {
  const format = new Intl.DateTimeFormat(undefined, style);
  for (const element of root.querySelectorAll('time')) {
    element.textContent = format.format(new Date(element.dateTime));
    element.title = element.dateTime;
  }
}

/** Fetches a part anew from its `data-live` address. True when it changed; `changed` is called before and after. */
export async function refresh(part, { before = () => undefined, after = () => undefined } = {}) {
  const address = new URL(part.dataset.live, location.href);
  if (part.dataset.change) address.searchParams.set('change', part.dataset.change);
  const response = await fetch(address);
  if (response.status !== 200) return false;
  const markup = await response.text();
  part.dataset.change = response.headers.get('x-change') ?? '';
  if (markup === part.dataset.markup) return false;
  part.dataset.markup = markup;
  const kept = before(part);
  part.innerHTML = markup;
  after(part, kept);
  return true;
}

/** Goes on refreshing while somebody looks. */
export async function keepRefreshing(work) {
  if (!document.hidden) await work().catch(() => undefined);
  setTimeout(() => void keepRefreshing(work), PAUSE_MS);
}
