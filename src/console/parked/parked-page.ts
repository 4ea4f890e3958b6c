import type { ParkedDestination, Refused, RetryProgress } from '../../db/console/parked.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { repairs } from '../conversations/transcript.ts';
import { connectAgain } from '../integrations/found.ts';
import { asSentence } from '../parts/as-sentence.ts';
import { ask } from '../parts/ask.ts';
import { counted } from '../parts/counted.ts';
import { empty } from '../parts/empty.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import type { AppVisit } from '../visit.ts';

export interface ParkedShown {
  readonly visit: AppVisit;
  readonly parked: readonly ParkedDestination[];
  readonly refused: readonly Refused[];
  /** Whether there are more refused messages than are shown. */
  readonly hasMore: boolean;
  readonly retries: readonly RetryProgress[];
}

export const parkedBody = ({ visit, parked, refused, hasMore, retries }: ParkedShown): Html =>
  html`<div id="parked" data-live class="stack">
    ${retries.map(progress)}
    ${
      parked.length === 0 && refused.length === 0
        ? empty(
            'Nothing is parked',
            'When access is revoked, a ticket system is gone or a message is refused, it appears here with what to do.',
          )
        : html`${
            (refused.length > 0 || parked.some(({ removedAt }) => removedAt === null)) &&
            html`<form method="post" action="${visit.home}/parked/retry-all">
              ${visit.csrf} <button class="primary">Retry all</button>
            </form>`
          }
          ${parked.map((one) => destinationCard(visit, one))} ${refused.length > 0 && refusedSection(visit, refused, hasMore)}`
    }
  </div>`;

const progress = (retry: RetryProgress): Html => {
  const { label, total, beganAt } = retry;
  return html`<div class="card stack">
    <p class="row spread">
      <b>${label}: ${howFar(retry)}</b>
      <span class="quiet">tried again ${timeOf(beganAt)}</span>
    </p>
    <progress max="${Math.max(total, 1)}" value="${total === 0 ? 1 : doneOf(retry)}" aria-label="${label}"></progress>
  </div>`;
};

const doneOf = ({ total, left }: RetryProgress): number => Math.max(total - left, 0);

function howFar(retry: RetryProgress): string {
  if (retry.left === 0) return 'all that was held is delivered';
  const delivered = `${doneOf(retry)} of ${counted(retry.total, 'message')} delivered`;
  return retry.isParked ? `parked again; ${delivered}` : delivered;
}

function destinationCard(visit: AppVisit, one: ParkedDestination): Html {
  const { label, held, conversations, oldestAt, removedAt, parkedAt, reason } = one;
  const since = removedAt ?? parkedAt;
  return html`<section class="card stack">
    <div class="row">
      <h2>${label}</h2>
      ${pill('bad', removedAt === null ? 'parked' : 'removed')}
      ${since !== null && html`<span class="quiet">since ${timeOf(since)}</span>`}
    </div>
    <p>${removedAt === null ? asSentence(reason ?? 'It needs a repair') : 'The integration was removed.'}</p>
    <p>
      ${
        held === 0
          ? 'Nothing is held for it at the moment.'
          : html`${held >= 10_000 && 'At least '}${counted(held, 'message')} of ${counted(conversations, 'conversation')}
            ${held === 1 ? 'waits' : 'wait'}${oldestAt !== null && html`, the oldest since ${timeOf(oldestAt)}`}.`
      }
    </p>
    <div class="row">${actions(visit, one)}</div>
  </section>`;
}

/** What repairs it. */
function actions({ deps, home, csrf }: AppVisit, one: ParkedDestination): Html {
  const { destination, integration, webhook, removedAt, held, accountKey } = one;
  const system = deps.systems.find(({ name }) => name === one.system);
  const again = (button: string): Html =>
    html`<form method="post" action="${home}/parked/${destination}/retry">${csrf} <button>${button}</button></form>`;
  if (webhook !== null) {
    return html`<a class="button primary" href="${home}/webhooks/${webhook}">Correct the webhook</a>
      ${again('It is repaired: try again')}`;
  }
  const connect =
    system !== undefined &&
    html`<a class="button primary" href="${connectAgain(home, system, accountKey)}">Connect ${accountKey} again</a>`;
  if (removedAt === null) {
    return html`${connect} ${again('It is repaired: try again')} <a href="${home}/integrations/${integration}">Look at it</a>`;
  }
  return html`${connect}
  ${ask({
    button: 'Discard…',
    question: `${counted(held, 'message')} will never be delivered there.`,
    yes: 'Discard what is held',
    action: `${home}/parked/${destination}/discard`,
    csrf,
  })}`;
}

const refusedSection = (visit: AppVisit, refused: readonly Refused[], hasMore: boolean): Html =>
  html`<section class="section">
    <h2>Refused messages</h2>
    <p class="quiet">
      Each was refused in every form. The rest of its conversation goes on.${hasMore && ' These are the first ones.'}
    </p>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th>Message</th>
            <th>Refused by</th>
            <th>Why</th>
            <th></th>
          </tr>
        </thead>
        <tbody>
          ${refused.map(
            (message) =>
              html`<tr>
                <td>
                  <a class="main" href="${visit.home}/conversations/${message.conversation}#message-${message.seq}"
                    >${message.user}, message ${message.seq}</a
                  >
                  <div>${timeOf(message.acceptedAt)}</div>
                </td>
                <td>${message.label}</td>
                <td>${message.problem ?? 'it did not say why'}</td>
                <td class="end">${repairs(visit, message.conversation, message)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
