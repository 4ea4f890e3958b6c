import { type Html, html } from '../domain/html.ts';

/** A point in time, to the second; a script rewrites it in the viewer's zone. */
export function timeElement(epochMs: number): Html {
  const stamp = `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
  return html`<time datetime="${stamp}">${stamp.replace('T', ' ').replace('Z', ' UTC')}</time>`;
}

/** The first letters of somebody's first two names. */
export const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();

/** How much a file weighs. */
export const fileSize = (bytes: number): string => (bytes < 1_024 ? `${bytes} B` : `${Math.round(bytes / 1_024)} kB`);
