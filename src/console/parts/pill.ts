import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

export type Tone = 'good' | 'bad' | 'busy' | 'calm';

/** A state in a word or two. */
export const pill = (tone: Tone, text: string): Html => html`<span class="pill ${tone}">${text}</span>`;
