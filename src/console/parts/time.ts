import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** A point in time: in the viewer's own zone where scripts run, else in UTC. */
export function timeOf(epochMs: number): Html {
  const at = new Date(epochMs).toISOString();
  return html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
