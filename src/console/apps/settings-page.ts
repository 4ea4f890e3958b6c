import { MOST_COUNTED } from '../../db/console/apps.ts';
import type { AppHoldings } from '../../db/console/apps.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { ask } from '../parts/ask.ts';
import { counted } from '../parts/counted.ts';
import type { AppVisit } from '../visit.ts';

/** The app's name and id, and its end with a preview of what goes with it. */
export const settingsBody = (visit: AppVisit, holdings: AppHoldings): Html =>
  html`<section class="card">
      <form method="post" action="${visit.home}/rename" class="fields">
        ${visit.csrf}
        <div class="field">
          <label for="name">Name</label>
          <input id="name" name="name" value="${visit.app.name}" required maxlength="100" />
        </div>
        <button>Rename</button>
      </form>
      <p class="help">The app's id, as it stands in paths of the API: <code>${visit.app.id}</code></p>
    </section>
    <section class="section card stack">
      <h2>Delete the app</h2>
      <p>This would go with it, for good:</p>
      <ul>
        ${lossOf(holdings).map((loss) => html`<li>${loss}</li>`)}
      </ul>
      ${ask({
        button: 'Delete…',
        question:
          holdings.undelivered > 0
            ? html`<b>${counted(holdings.undelivered, 'message')} would never be delivered.</b> Type the name of the app to go on
                all the same.`
            : 'There is no way back.',
        yes: `Delete ${visit.app.name}`,
        action: `${visit.home}/delete`,
        csrf: visit.csrf,
        fields:
          holdings.undelivered > 0
            ? html`<input name="name" required autocomplete="off" aria-label="Name of the app" placeholder="${visit.app.name}" />`
            : html``,
      })}
    </section>`;

/** Nobody counts further than that. */
const atMost = (conversations: number): string =>
  conversations < MOST_COUNTED ? counted(conversations, 'conversation') : `${counted(MOST_COUNTED, 'conversation')} or more`;

function lossOf(holdings: AppHoldings): readonly string[] {
  const { conversations, integrations, webhooks, keys } = holdings;
  return [
    `${atMost(conversations)} with all that was said`,
    `${counted(integrations, 'integration')}: what Deskbridge set up at the vendors is taken down, unless other apps use it; tickets and channels stay`,
    `${counted(webhooks, 'webhook')} and ${counted(keys, 'key')}: your app can no longer talk to Deskbridge`,
  ];
}
