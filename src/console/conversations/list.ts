import { readLanes } from '../../db/console/lanes.ts';
import type { LaneView } from '../../db/console/lanes.ts';
import { searchConversations } from '../../db/console/search.ts';
import type { FoundConversation } from '../../db/console/search.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { counted } from '../parts/counted.ts';
import { empty } from '../parts/empty.ts';
import { pill } from '../parts/pill.ts';
import { timeOf } from '../parts/time.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { laneStatus } from './lane-status.ts';
import { asQuery, readSearch, searchForm } from './search-form.ts';

const PAGE = 50;

/** Finds conversations by who takes part, where they are, how they fare and what went wrong. */
export async function list(visit: AppVisit): Promise<Reply> {
  const { deps, app } = visit;
  const search = readSearch(visit);
  const found = await searchConversations(deps.db, search, PAGE + 1);
  const shown = found.slice(0, PAGE);
  const lanes = await readLanes(
    deps.db,
    shown.map(({ id }) => id),
  );
  const last = shown.at(-1);
  return page({
    title: 'Conversations',
    lead: `Everything that users of ${app.name} and your team said to each other, and where it is.`,
    section: 'conversations',
    body: html`${searchForm(visit, search)}
      <div id="found" data-live>${shown.length === 0 ? nothing(visit, asQuery(search) !== '') : table(visit, shown, lanes)}</div>
      ${
        found.length > PAGE &&
        last !== undefined &&
        html`<p class="more">
          <a href="${visit.path}?${asQuery({ ...search, after: { at: last.lastMessageAt, id: last.id } })}">Older</a>
        </p>`
      }`,
  });
}

const nothing = ({ home, path }: AppVisit, isSearch: boolean): Html =>
  isSearch
    ? empty(
        'Nothing fits',
        html`Names, addresses and ids are found by how they begin. <a href="${path}">Show all conversations</a>`,
      )
    : empty(
        'Nobody has written yet',
        html`A conversation begins with the first message. <a href="${home}/try">Write one yourself</a>`,
      );

const table = (visit: AppVisit, found: readonly FoundConversation[], lanes: readonly LaneView[]): Html =>
  html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>App user</th>
          <th>Where it is</th>
          <th>Length</th>
          <th>Last message</th>
        </tr>
      </thead>
      <tbody>
        ${found.map((conversation) =>
          row(
            visit,
            conversation,
            lanes.filter((lane) => lane.conversation === conversation.id),
          ),
        )}
      </tbody>
    </table>
  </div>`;

function row({ home, deps }: AppVisit, conversation: FoundConversation, lanes: readonly LaneView[]): Html {
  const { id, user, email, messages, lastMessageAt } = conversation;
  const now = deps.clock.now();
  return html`<tr>
    <td>
      <a class="main" href="${home}/conversations/${id}">${user}</a>
      ${email !== null && html`<div class="quiet">${email}</div>`}
    </td>
    <td>
      ${lanes.map((lane) => {
        const { tone, word, brief } = laneStatus(lane, now);
        const isOpen = lane.waiting > 0 || lane.refused > 0;
        return html`<div>
          ${pill(tone, isOpen ? `${lane.label}: ${word}` : lane.label)} ${isOpen && html`<span class="why">${brief}</span>`}
        </div>`;
      })}
    </td>
    <td>${counted(messages, 'message')}</td>
    <td>${lastMessageAt > 0 && timeOf(lastMessageAt)}</td>
  </tr>`;
}
