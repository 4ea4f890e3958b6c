import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** What stands where there is nothing yet: what this is, and what to do next. */
export const empty = (title: string, next: Html | string): Html =>
  html`<div class="empty">
    <h2>${title}</h2>
    <p>${next}</p>
  </div>`;
