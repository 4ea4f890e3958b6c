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
  /** The same in a list. */
  readonly brief: Html;
}

export function laneStatus(lane: LaneView, now: number): LaneStatus {
  const { waiting, refused, parkedReason, removedAt } = lane;
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
  if (removedAt !== null) return always('calm', 'removed', html`Nothing more goes there.`);
  return always('good', 'up to date', html`Everything is delivered.`);
}

const always = (tone: Tone, word: string, sentence: Html): LaneStatus => ({ tone, word, sentence, brief: sentence });

/** Whether a person has to repair something before anything goes there. */
export const isHeld = ({ removedAt, parkedReason }: LaneView): boolean => removedAt !== null || parkedReason !== null;

const whyHeld = ({ removedAt, parkedReason, webhook }: LaneView): string => {
  if (removedAt !== null && webhook !== null) return 'The webhook was deleted.';
  return removedAt !== null
    ? 'The integration was removed; connecting the account again delivers or discards them.'
    : `${asSentence(parkedReason ?? '')} Everything held is delivered after the repair.`;
};

/** What a message that is not delivered waits for, and until when. */
export function whyWaiting(lane: LaneView, now: number): Html {
  const { why, until, status, progress, windowMs } = lane;
  if (isHeld(lane)) return html`${whyHeld(lane)}`;
  if (status === 'connecting') return html`The account is being set up${progress !== null && `: ${progress}`}.`;
  if (why !== null && until !== null && until > now) {
    return timesIn(asSentence(waitSentence(why, until)), [until, ...('since' in why ? [why.since] : [])]);
  }
  if (lane.barrenSeq > 0 && lane.waiting > 0) {
    return html`Waits for the app user's next message, which opens a thread; or is about to be written.`;
  }
  return windowMs === 0 ? html`About to be written.` : html`Collects what is said together, then writes it.`;
}
