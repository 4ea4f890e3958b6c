import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** Something that cannot be undone: its button first asks. Works without a script, and with the keyboard. */
export const ask = (does: {
  /** On the button that asks: "Revoke…". */
  readonly button: string;
  readonly question: Html | string;
  /** On the button that does it: "Revoke the key". */
  readonly yes: string;
  readonly action: string;
  readonly csrf: Html;
  /** What goes along: hidden fields. */
  readonly fields?: Html;
}): Html =>
  html`<details class="ask">
    <summary class="button danger">${does.button}</summary>
    <form method="post" action="${does.action}" class="asked">
      ${does.csrf} ${does.fields}
      <p>${does.question}</p>
      <button class="danger solid">${does.yes}</button>
    </form>
  </details>`;
