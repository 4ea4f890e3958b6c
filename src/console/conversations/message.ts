import { notFound } from '../../api/problem.ts';
import { readLedger, readSaid, readThreads, readTries } from '../../db/console/conversation.ts';
import type { LedgerEntry, Try } from '../../db/console/conversation.ts';
import { readLanes } from '../../db/console/lanes.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { foundConversation } from './show.ts';
import { transcript } from './transcript.ts';

/** One message with every attempt to write it. */
export async function showMessage(visit: AppVisit): Promise<Reply> {
  const { deps, home } = visit;
  const head = await foundConversation(visit);
  const seq = Number(visit.param('seq'));
  const said = Number.isSafeInteger(seq) ? await readSaid(deps.db, head.id, { before: seq + 1, limit: 1 }) : [];
  if (said[0]?.seq !== seq) throw notFound('There is no such message.');
  const ledger = await readLedger(deps.db, head.id, { from: seq, to: seq });
  const lanes = await readLanes(deps.db, [head.id]);
  const threads = await readThreads(deps.db, head.id);
  const tries = await readTries(deps.db, head.id, seq);
  return page({
    title: `Message ${seq}`,
    section: 'conversations',
    up: { text: head.user, href: `${home}/conversations/${head.id}` },
    body: html`<div id="message" data-live>
      ${transcript({ visit, head, said, ledger, lanes, threads })}
      ${lanes.flatMap((lane) =>
        ledger
          .filter(({ destination }) => destination === lane.destination)
          .map(({ state, destination }) =>
            triesSection(
              lane.label,
              state,
              tries.filter((one) => one.destination === destination),
            ),
          ),
      )}
    </div>`,
  });
}

const triesSection = (label: string, state: LedgerEntry['state'], tries: readonly Try[]): Html =>
  html`<section class="section">
    <h2>${label}</h2>
    ${
      tries.length === 0
        ? html`<p class="quiet">${state === 'delivered' ? 'Nothing had to be written.' : 'Nothing was written yet.'}</p>`
        : html`<div class="table">
            <table>
              <thead>
                <tr>
                  <th>When</th>
                  <th>What</th>
                  <th>Tried</th>
                  <th>Outcome</th>
                </tr>
              </thead>
              <tbody>
                ${tries.map(row)}
              </tbody>
            </table>
          </div>`
    }
  </section>`;

const row = ({ at, summary, attempt, outcome, state }: Try): Html =>
  html`<tr>
    <td>${at !== null && timeOf(at)}</td>
    <td>${summary}</td>
    <td>${attempt !== null && `attempt ${attempt}`}</td>
    <td>${outcomeOf(outcome, state)}</td>
  </tr>`;

function outcomeOf(outcome: string | null, state: Try['state']): Html {
  if (outcome === 'done') return pill('good', 'done');
  if (outcome !== null) return html`${pill('bad', 'failed')} ${outcome}`;
  return state === 'planned' ? pill('calm', 'planned') : html`${pill('busy', 'not answered')} Looks whether it arrived.`;
}
