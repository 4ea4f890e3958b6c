import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** A thread where agents see it. Without an address, its name. */
export const threadLink = (label: string, url: string | undefined): Html =>
  url === undefined ? html`${label}` : html`<a href="${url}" target="_blank" rel="noreferrer">${label} ↗</a>`;
