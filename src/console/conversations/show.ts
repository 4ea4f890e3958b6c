import { notFound } from '../../api/problem.ts';
import { readHead, readLedger, readSaid, readThreads } from '../../db/console/conversation.ts';
import type { ConversationHead, ConversationThread } from '../../db/console/conversation.ts';
import { readLanes } from '../../db/console/lanes.ts';
import type { LaneView } from '../../db/console/lanes.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { isId, toId } from '../../domain/ids.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { conversationWorkflowId } from '../../../workflows/signals.ts';
import { empty } from '../parts/empty.ts';
import { pill } from '../parts/pill.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { isGone, laneStatus } from './lane-status.ts';
import { linkTo } from './thread-link.ts';
import { transcript } from './transcript.ts';

const PAGE = 60;

/** A conversation: what was said, and where each message is; fresh while one looks. */
export async function show(visit: AppVisit): Promise<Reply> {
  const { deps, home, query, path } = visit;
  const head = await foundConversation(visit);
  const wanted = Number(query.get('before'));
  const before = Number.isSafeInteger(wanted) && wanted > 1 ? wanted : undefined;
  const said = await readSaid(deps.db, head.id, { before, limit: PAGE });
  const [from, to] = [said[0]?.seq ?? 0, said.at(-1)?.seq ?? 0];
  const ledger = await readLedger(deps.db, head.id, { from, to });
  const lanes = await readLanes(deps.db, [head.id]);
  const threads = await readThreads(deps.db, head.id);
  return page({
    title: head.user,
    lead: html`${head.email ?? head.userId ?? ''} ${workflowLink(visit, head)}`,
    section: 'conversations',
    up: { text: 'Conversations', href: `${home}/conversations` },
    body: html`<div id="where" data-live>${whereabouts(visit, lanes, threads)}</div>
      <section class="section">
        <h2>What was said</h2>
        ${from > 1 && html`<p class="more"><a href="${path}?before=${from}">Older messages</a></p>`}
        <div id="transcript" ${before === undefined && html`data-live`}>
          ${
            said.length === 0
              ? empty('Nothing was said yet', 'The first message appears here by itself.')
              : transcript({ visit, head, said, ledger, lanes, threads })
          }
        </div>
        ${before !== undefined && html`<p class="more"><a href="${path}">Newest messages</a></p>`}
      </section>`,
  });
}

/** @throws {Problem} 404 when the app has no such conversation. */
export async function foundConversation({ deps, app, ...visit }: AppVisit): Promise<ConversationHead> {
  const id = visit.param('id');
  const head = isId(id) ? await readHead(deps.db, toId<ConversationId>(id)) : undefined;
  if (head === undefined || head.app !== app.id) throw notFound('There is no such conversation.');
  return head;
}

const workflowLink = ({ deps: { workflowsUrl } }: AppVisit, { id }: ConversationHead): Html | false =>
  workflowsUrl !== undefined &&
  html`·
    <a href="${workflowsUrl}/${encodeURIComponent(conversationWorkflowId(id))}" target="_blank" rel="noreferrer"
      >Its workflow ↗</a
    >`;

/** One line a destination. */
function whereabouts(visit: AppVisit, lanes: readonly LaneView[], threads: readonly ConversationThread[]): Html | false {
  const now = visit.deps.clock.now();
  return (
    lanes.length > 0 &&
    html`<ul class="card lanes">
      ${lanes.map((lane) => {
        const { tone, word, sentence } = laneStatus(lane, now);
        const own = threads.filter(({ destination }) => destination === lane.destination);
        return html`<li>
          ${pill(tone, word)} <b>${laneLink(visit.home, lane)}</b>
          ${own.map((thread) => html`<span>${linkTo(visit, lane, thread)}</span>`)}
          <span class="why">${sentence}</span>
        </li>`;
      })}
    </ul>`
  );
}

function laneLink(home: string, lane: LaneView): Html {
  const { integration, webhook, label } = lane;
  if (isGone(lane)) return html`${label}`;
  const href = integration === null ? webhook !== null && `${home}/webhooks/${webhook}` : `${home}/integrations/${integration}`;
  return href === false ? html`${label}` : html`<a href="${href}">${label}</a>`;
}
