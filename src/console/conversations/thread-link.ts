import type { ConversationThread } from '../../db/console/conversation.ts';
import type { LaneView } from '../../db/console/lanes.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { threadLink } from '../parts/thread-link.ts';
import type { AppVisit } from '../visit.ts';

/** A thread of a lane, where agents see it. */
export function linkTo({ deps }: AppVisit, lane: LaneView, thread: ConversationThread): Html {
  const system = deps.systems.find(({ name }) => name === lane.system);
  const account = { key: lane.accountKey, data: lane.accountData, operator: deps.settings.operator(lane.system) };
  return system === undefined ? html`${thread.label}` : threadLink(system, thread, account);
}
