import { createHash } from 'node:crypto';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

const HUES = 8;

/** A system's initial, in a colour of its own. */
export function systemMark(name: string, label: string): Html {
  const hue = (createHash('sha256').update(name).digest()[0] ?? 0) % HUES;
  return html`<span class="mark hue-${hue}" aria-hidden="true">${label.slice(0, 1)}</span>`;
}
