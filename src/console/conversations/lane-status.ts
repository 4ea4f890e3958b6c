import type { LaneView } from '../../db/console/lanes.ts';
import { againSentence, waitSentence } from '../../domain/lane-state.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { asSentence } from '../parts/as-sentence.ts';
import { counted } from '../parts/counted.ts';
import type { Tone } from '../parts/pill.ts';
import { timesIn } from './times-in.ts';

/** What a conversation's way to a destination is like now. */
export interface LaneStatus {
  readonly tone: Tone;
  readonly word: string;
  /** Why, and until when. */
  readonly sentence: Html;
  /** The same in a list. */
  readonly brief: Html;
}

export function laneStatus(lane: LaneView, now: number): LaneStatus {
  const { waiting, refused, parkedReason, removedAt } = lane;
  if (isGone(lane)) return always('calm', 'removed', waiting === 0 ? nothingMore : undelivered(waiting));
  if (waiting > 0 && isHeld(lane)) {
    const held = html`${counted(waiting, 'message')} held`;
    const why = removedAt === null ? asSentence(parkedReason ?? '') : 'The integration was removed.';
    return { tone: 'bad', word: 'parked', sentence: html`${held}. ${whyHeld(lane)}`, brief: html`${held}. ${why}` };
  }
  if (waiting > 0) return always('busy', 'waiting', whyWaiting(lane, now));
  if (refused > 0) {
    const what = html`${counted(refused, 'message')} refused`;
    return { tone: 'bad', word: 'parked', sentence: html`${what}; see below what can be done.`, brief: html`${what}.` };
  }
  if (removedAt !== null) return always('calm', 'removed', nothingMore);
  return always('good', 'up to date', html`Everything is delivered.`);
}

const always = (tone: Tone, word: string, sentence: Html): LaneStatus => ({ tone, word, sentence, brief: sentence });

const nothingMore = html`Nothing more goes there.`;
const undelivered = (count: number): Html =>
  html`The webhook was deleted before ${counted(count, 'message')} went there. Nothing more does.`;

/** Whether nothing waits for it, or ever will: a webhook that was deleted does not come back. */
export const isGone = ({ removedAt, webhook }: LaneView): boolean => removedAt !== null && webhook !== null;

/** Whether a person has to repair something before anything goes there. */
const isHeld = (lane: LaneView): boolean => !isGone(lane) && (lane.removedAt !== null || lane.parkedReason !== null);

const whyHeld = ({ removedAt, parkedReason }: LaneView): string =>
  removedAt !== null
    ? 'The integration was removed; connecting the account again delivers or discards them.'
    : `${asSentence(parkedReason ?? '')} Everything held is delivered after the repair.`;

/** What keeps a message from being delivered, and how grave that is. */
export function pending(lane: LaneView, state: 'waiting' | 'sending', now: number): { readonly tone: Tone; readonly why: Html } {
  if (isGone(lane)) return { tone: 'calm', why: html`Not delivered: the webhook was deleted.` };
  if (isHeld(lane)) return { tone: 'bad', why: html`${whyHeld(lane)}` };
  return { tone: 'busy', why: whyWaiting(lane, now, state) };
}

/** What a message that is not delivered waits for, and until when. */
function whyWaiting(lane: LaneView, now: number, state: 'waiting' | 'sending' = 'waiting'): Html {
  const { why, until, status, progress, windowMs } = lane;
  if (status === 'connecting') return html`The account is being set up${progress !== null && `: ${progress}`}.`;
  if (why !== null && until !== null && until > now) {
    return timesIn(asSentence(waitSentence(why, until)), [until, ...('since' in why ? [why.since] : [])]);
  }
  // Until it has an answer, a further try changes nothing of what is known.
  if (why !== null && 'said' in why) return timesIn(asSentence(againSentence(why)), [why.since]);
  if (state === 'sending') return html`Is being written.`;
  if (lane.barrenSeq > 0 && lane.waiting > 0) {
    return html`Waits for the app user's next message, which opens a thread; or is about to be written.`;
  }
  return windowMs === 0 ? html`About to be written.` : html`Collects what is said together, then writes it.`;
}
