import type { ConversationThread } from '../../db/console/conversation.ts';
import type { LaneView } from '../../db/console/lanes.ts';
import type { AppVisit } from '../visit.ts';

/** Where agents see a thread of a lane. */
export function urlOf({ deps }: AppVisit, lane: LaneView, thread: ConversationThread): string | undefined {
  const system = deps.systems.find(({ name }) => name === lane.system);
  const account = { key: lane.accountKey, data: lane.accountData, operator: deps.settings.operator(lane.system) };
  return system?.threadUrl?.(thread, account);
}
