import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { accountWorkflowId, bell, conversationWorkflowId, retire, searchAttributes, wake } from '../workflows/signals.ts';
import type { AccountWorkflowInput, Bell, ConversationInput } from '../workflows/signals.ts';
import { createReteller } from './register-search-attributes.ts';
import type { AppId, AppUserId, ConversationId } from './domain/ids.ts';
import { SECOND } from './domain/time.ts';

/** The way to Temporal: everything that the API and the sweep want of it. */
export interface Temporal {
  /** Rings a conversation, starting it if need be. Rejects when the bell did not get through. */
  ring(about: ConversationAbout, bell: Bell): Promise<void>;
  /** Tells an account's workflow that something is wanted of it, starting it if need be. */
  wakeAccount(system: string, accountKey: string): Promise<void>;
  /** Asks the runs to end that were started before a time (epoch ms): idle ones for good, others by continuing as new. */
  retireBefore(time: number): Promise<number>;
  /** Rejects when the server does not answer. */
  ping?(): Promise<void>;
  close(): Promise<void>;
}

export interface ConversationAbout {
  readonly conversation: ConversationId;
  readonly app: AppId;
  readonly appUser: AppUserId;
}

export interface TemporalOptions {
  /** Host and port. */
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Where people see a conversation, up to its id: workflows link there. */
  readonly conversationsUrl?: string;
  readonly apiKey?: string;
  readonly tls: boolean;
}

/** A bell that takes longer is left to the sweep. */
const DEADLINE_MS = 5 * SECOND;

/** Connects when it is first needed: a process that accepts messages starts without Temporal. */
export function connectTemporal(options: TemporalOptions): Temporal {
  const connection = Connection.lazy(connectionOptions(options));
  const client = new Client({ connection, namespace: options.namespace });
  const { taskQueue } = options;
  const retelling = createReteller(connection, options.namespace);
  const soon = <T>(work: () => Promise<T>): Promise<T> => connection.withDeadline(Date.now() + DEADLINE_MS, work);
  const starting = (work: () => Promise<unknown>): Promise<void> => soon(async () => void (await retelling(work)));
  return {
    ring: (about, rung) => starting(() => client.workflow.signalWithStart('conversation', startOf(about, rung, options))),
    wakeAccount: (system, accountKey) =>
      starting(() => client.workflow.signalWithStart('account', accountStart(system, accountKey, taskQueue))),
    retireBefore: async (time) => {
      let asked = 0;
      const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}' AND StartTime < '${new Date(time).toISOString()}'`;
      for await (const { workflowId, runId } of client.workflow.list({ query })) {
        if (await reached(client.workflow.getHandle(workflowId, runId).signal(retire))) asked += 1;
      }
      return asked;
    },
    ping: () => soon(async () => void (await connection.workflowService.getSystemInfo({}))),
    close: () => connection.close(),
  };
}

export const connectionOptions = (options: TemporalOptions) => ({
  address: options.address,
  ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
  ...(options.tls ? { tls: true as const } : {}),
});

/** Whether a signal reached its run. The list that it was found in may be behind: one that has ended since is no fault. */
const reached = (signal: Promise<void>): Promise<boolean> =>
  signal.then(
    () => true,
    (error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    },
  );

function startOf(about: ConversationAbout, rung: Bell, { taskQueue, conversationsUrl }: TemporalOptions) {
  const summary = `Conversation ${about.conversation} of app user ${about.appUser}`;
  const links = conversationsUrl === undefined ? [] : [`[open it in the console](${conversationsUrl}/${about.conversation})`];
  // What is shown when a run continues as new is what the input says.
  const input: ConversationInput = { conversation: about.conversation, headline: [summary, ...links].join(' · ') };
  const signalArgs: [Bell] = [rung];
  return {
    taskQueue,
    workflowId: conversationWorkflowId(about.conversation),
    args: [input],
    signal: bell,
    signalArgs,
    staticSummary: summary,
    staticDetails: [
      ...links.map((link) => `- ${link}`),
      `- app: \`${about.app}\``,
      `- app user: \`${about.appUser}\``,
      `- conversation: \`${about.conversation}\``,
    ].join('\n'),
    typedSearchAttributes: [
      { key: searchAttributes.app, value: about.app },
      { key: searchAttributes.appUser, value: about.appUser },
      { key: searchAttributes.systems, value: systemsOf(rung) },
      { key: searchAttributes.state, value: 'ok' },
    ],
  };
}

const systemsOf = (rung: Bell): string[] => [
  ...new Set([...(rung.lanes ?? []), ...(rung.threads ?? [])].map(({ system }) => system)),
];

function accountStart(system: string, accountKey: string, taskQueue: string) {
  const headline = `Account ${accountKey} of ${system}`;
  const input: AccountWorkflowInput = { system, accountKey, headline };
  return {
    taskQueue,
    workflowId: accountWorkflowId(system, accountKey),
    args: [input],
    signal: wake,
    staticSummary: headline,
    typedSearchAttributes: [{ key: searchAttributes.systems, value: [system] }],
  };
}
