import type { Batch, PlanContext, PlannedEffect } from '../batch.ts';
import { announce, answered } from './dispatch.ts';
import { furnishing, opening, roomOf } from './room.ts';
import { wordsOfAgents } from './words-of-agents.ts';
import { wordsOfUser } from './words-of-user.ts';

/**
 * A channel for the person, made with their first message; who they are; then what was said, and a notification in the dispatch
 * channel. What is kept of the channel says what of it is done: after a wait the rest is planned anew.
 */
export function plan(batch: Batch, context: PlanContext): readonly PlannedEffect[] {
  const room = roomOf(context);
  const effects =
    batch.role === 'appUser'
      ? [
          ...opening(room),
          ...wordsOfAgents(batch.prelude, room),
          ...wordsOfUser(batch, room),
          ...announce(room),
          ...furnishing(room),
        ]
      : [
          ...opening(room),
          ...wordsOfAgents(batch.messages, room),
          ...answered(batch, room),
          ...announce(room),
          ...furnishing(room),
        ];
  return effects.filter(({ key }) => !context.done.has(key));
}
