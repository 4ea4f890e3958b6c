import type { LaneView } from '../../db/console/lanes.ts';
import { waitSentence } from '../../domain/lane-state.ts';
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
}

export function laneStatus(lane: LaneView, now: number): LaneStatus {
  const { waiting, refused, parkedReason, removedAt } = lane;
  const isHeld = waiting > 0 && (removedAt !== null || parkedReason !== null);
  if (isHeld) return { tone: 'bad', word: 'parked', sentence: html`${counted(waiting, 'message')} held. ${whyHeld(lane)}` };
  if (waiting > 0) return { tone: 'busy', word: 'waiting', sentence: whyWaiting(lane, now) };
  if (refused > 0) {
    return { tone: 'bad', word: 'parked', sentence: html`${counted(refused, 'message')} refused; see below what can be done.` };
  }
  if (removedAt !== null) return { tone: 'calm', word: 'removed', sentence: html`Nothing more goes there.` };
  return { tone: 'good', word: 'up to date', sentence: html`Everything is delivered.` };
}

const whyHeld = ({ removedAt, parkedReason, webhook }: LaneView): string => {
  if (removedAt !== null && webhook !== null) return 'The webhook was deleted.';
  return removedAt !== null
    ? 'The integration was removed; connecting the account again delivers or discards them.'
    : `${asSentence(parkedReason ?? '')} Everything held is delivered after the repair.`;
};

/** What a message that is not delivered waits for, and until when. */
export function whyWaiting(lane: LaneView, now: number): Html {
  const { removedAt, parkedReason, why, until, status, progress, windowMs } = lane;
  if (removedAt !== null || parkedReason !== null) return html`${whyHeld(lane)}`;
  if (status === 'connecting') return html`The account is being set up${progress !== null && `: ${progress}`}.`;
  if (why !== null && until !== null && until > now) {
    return timesIn(asSentence(waitSentence(why, until)), [until, ...('since' in why ? [why.since] : [])]);
  }
  if (lane.barrenSeq > 0 && lane.waiting > 0) {
    return html`Waits for the app user's next message, which opens a thread; or is about to be written.`;
  }
  return windowMs === 0 ? html`About to be written.` : html`Collects what is said together, then writes it.`;
}
