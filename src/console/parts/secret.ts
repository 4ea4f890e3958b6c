import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** Something to be copied now: it is not shown again. */
export const secretBox = (name: string, secret: string): Html =>
  html`<p class="secret">
    <span>${name}</span> <code>${secret}</code> <button type="button" class="small" data-copy="${secret}">Copy</button>
  </p>`;
