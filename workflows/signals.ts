import { defineSearchAttributeKey } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { LaneBell, ThreadBell } from '../activities/contract.ts';
import type { ConversationId } from '../src/domain/ids.ts';
import type { WaitWhy } from '../src/domain/lane-state.ts';

/** "These lanes have something to send, these threads something to fetch." Bells may be lost, late, doubled or out of order. */
export interface Bell {
  readonly lanes?: readonly LaneBell[];
  readonly threads?: readonly ThreadBell[];
  /** What rang, for traces: a `traceparent`. Only where traces are sent. */
  readonly trace?: string;
}

/** Rings a conversation. Sent with signal-with-start, so it also starts one. */
export const bell = defineSignal<[Bell]>('bell');

/** Asks a conversation to end its run: for good when nothing is under way, else by continuing as new. */
export const retire = defineSignal('retire');

/** Tells an account that what is wanted of it, or its grant, has changed. */
export const wake = defineSignal('wake');

/** What a conversation does and waits for, in sentences. The same as its current details. */
export const state = defineQuery<string>('state');

/** What a conversation is started with, and continues with. */
export interface ConversationInput {
  readonly conversation: ConversationId;
  /** The first line of the current details: whose conversation it is. */
  readonly headline: string;
  /** What a run hands to the next. */
  readonly carried?: Carried;
}

/** The state of lanes and threads at a moment at which no round and no collect is running (rule R10). */
export interface Carried {
  readonly lanes: readonly CarriedLane[];
  readonly threads: readonly ThreadBell[];
}

export interface CarriedLane extends Omit<LaneBell, 'since'> {
  /** The remembered bell: when the oldest waiting message was accepted, epoch milliseconds. */
  readonly since?: number;
  /** No round before this, epoch milliseconds. */
  readonly until?: number;
  readonly why?: WaitWhy;
  readonly parked?: string;
  readonly awaitsUser?: boolean;
  readonly trace?: string;
}

export interface AccountWorkflowInput {
  readonly system: string;
  readonly accountKey: string;
  readonly headline: string;
}

/** Workflow ids are business ids. */
export const conversationWorkflowId = (conversation: string): string => `conversation:${conversation}`;
export const accountWorkflowId = (system: string, accountKey: string): string => `account:${system}:${accountKey}`;

/** The queue of a system's activities, beside the workflows' own. */
export const systemQueue = (workflowQueue: string, system: string): string => `${workflowQueue}-${system}`;

/** What workflows can be searched for by, in the Web UI and elsewhere. Ids and states only. */
export const searchAttributes = {
  app: defineSearchAttributeKey('DeskbridgeApp', 'KEYWORD'),
  appUser: defineSearchAttributeKey('DeskbridgeAppUser', 'KEYWORD'),
  systems: defineSearchAttributeKey('DeskbridgeSystems', 'KEYWORD_LIST'),
  /** `ok`, `limited` (a system takes nothing for now) or `parked` (a person must repair something). */
  state: defineSearchAttributeKey('DeskbridgeState', 'KEYWORD'),
} as const;
