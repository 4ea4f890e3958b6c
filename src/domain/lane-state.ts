import { timeOfDay } from './time.ts';

/** Why a lane may start no round before a certain time. */
export type WaitWhy =
  /** The system said "not now". `of`: "this ticket", "the account". */
  | { readonly kind: 'rateLimited'; readonly of: string }
  /** The account's calls are spread; this lane's turn comes later. */
  | { readonly kind: 'turn' }
  /** The account did not answer, or takes no more calls: one call at a time finds out whether it does again. */
  | { readonly kind: 'resting' }
  /** Messages are collected for longer, so that the thread's limit is not reached. */
  | { readonly kind: 'pacing'; readonly of: string }
  /** The system cannot be reached or is out of order. */
  | { readonly kind: 'unavailable'; readonly said: string; readonly since: number }
  /** A write was sent and not answered. */
  | { readonly kind: 'undecided'; readonly what: string }
  /** The account is still being set up. */
  | { readonly kind: 'preparing'; readonly what: string }
  /** Something of ours failed. */
  | { readonly kind: 'failed'; readonly said: string; readonly since: number };

/** What a lane is doing. Times are epoch milliseconds. */
export type LaneState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'window'; readonly until: number }
  | { readonly kind: 'sending'; readonly since: number }
  | { readonly kind: 'waiting'; readonly until: number; readonly why: WaitWhy }
  | { readonly kind: 'held' }
  | { readonly kind: 'awaitingUser' }
  | { readonly kind: 'parked'; readonly why: string };

/** One sentence on what a lane does or waits for, and until when, in UTC. */
export function laneSentence(label: string, state: LaneState): string {
  switch (state.kind) {
    case 'idle':
      return `${label}: nothing is left to send.`;
    case 'awaitingUser':
      return `${label}: waits for the app user's next message, which opens a thread; what agents wrote goes along with it.`;
    case 'window':
      return `${label}: collects messages until ${timeOfDay(state.until)}, then sends them together.`;
    case 'sending':
      return `${label}: is being written to since ${timeOfDay(state.since)}.`;
    case 'held':
      return `${label}: is about to be written to; the workflow first continues in a new run.`;
    case 'parked':
      return `${label}: parked. ${sentence(state.why)} Nothing is lost: what is held is delivered after the repair.`;
    case 'waiting':
      return `${label}: ${waitSentence(state.why, state.until)}`;
  }
}

/** The part of a sentence that says why and until when. */
export function waitSentence(why: WaitWhy, until: number): string {
  const then = timeOfDay(until);
  switch (why.kind) {
    case 'rateLimited':
      return `takes no more on ${why.of} for now (rate limit); everything that waits goes out at ${then}.`;
    case 'turn':
      return `many conversations write to this account; it is this one's turn at ${then}.`;
    case 'resting':
      return `the account is left alone, because it did not answer or took no more calls; one call finds out at ${then}.`;
    case 'pacing':
      return `collects messages until ${then}, longer than usual, to stay within the limit of ${why.of}.`;
    case 'unavailable':
      return `${trimStop(why.said)} since ${timeOfDay(why.since)}; next try at ${then}.`;
    case 'undecided':
      return `did not say whether it stored "${why.what}"; looks again at ${then}.`;
    case 'preparing':
      return `${trimStop(why.what)}; looks again at ${then}.`;
    case 'failed':
      return `failed since ${timeOfDay(why.since)} (${trimStop(why.said)}); next try at ${then}.`;
  }
}

/** The same while it is tried again. */
export const againSentence = (why: Extract<WaitWhy, { readonly said: string }>): string =>
  `${trimStop(why.said)} since ${timeOfDay(why.since)}; it is being tried again.`;

const trimStop = (text: string): string => text.replace(/[.\s]+$/, '');
const sentence = (text: string): string => `${trimStop(text)}.`;
