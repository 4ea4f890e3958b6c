import type { IntegrationView } from '../../db/console/integrations.ts';
import type { Held } from '../../db/integrations/connect.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { counted } from '../parts/counted.ts';

/** Asks, where something waits. */
export const heldChoice = (held: readonly IntegrationView[]): Html | false =>
  held.length > 0 &&
  html`<fieldset class="field">
    <legend>Messages that wait for it</legend>
    <p class="help">
      ${held.map(({ displayName, held: count }) => html`<span>${counted(count, 'message')} for ${displayName}. </span>`)} If you
      connect that account again:
    </p>
    <label><input type="radio" name="held" value="deliver" checked /> Deliver them</label>
    <label><input type="radio" name="held" value="discard" /> Discard them: they are never delivered there</label>
  </fieldset>`;

export const wantedWithHeld = (form: URLSearchParams): Held => (form.get('held') === 'discard' ? 'discard' : 'deliver');
