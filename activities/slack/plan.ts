import type { Batch, PlanContext, PlannedEffect } from '../batch.ts';
import { announce, answered } from './dispatch.ts';
import { contactChanged, descriptions, furnishing, opening, roomOf } from './room.ts';
import type { Room } from './room.ts';
import { wordsOfAgents } from './words-of-agents.ts';
import { wordsOfUser } from './words-of-user.ts';

/**
 * A channel for the person, made with their first message; who they are; then what was said, and a notification in the dispatch
 * channel. What is kept of the channel says what of it is done: after a wait the rest is planned anew.
 */
export function plan(batch: Batch, context: PlanContext): readonly PlannedEffect[] {
  return effectsOf(batch, roomOf(context)).filter(({ key }) => !context.done.has(key));
}

function effectsOf(batch: Batch, room: Room): readonly PlannedEffect[] {
  if (batch.role === 'profile') return news(batch, room);
  const said =
    batch.role === 'appUser'
      ? [...wordsOfAgents(batch.prelude, room), ...wordsOfUser(batch, room)]
      : [...wordsOfAgents(batch.messages, room), ...answered(batch, room)];
  return [...opening(room), ...said, ...announce(room), ...furnishing(room)];
}

/** Nobody needs a new channel for it: whose channel was archived shows the profile in the next one. */
function news({ messages }: Batch, room: Room): readonly PlannedEffect[] {
  if (room.isNew) return [];
  const seqs = messages.map(({ seq }) => seq);
  return [...contactChanged(room, seqs), ...descriptions(room)];
}
