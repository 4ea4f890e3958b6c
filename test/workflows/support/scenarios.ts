import type { WorkflowHandle } from '@temporalio/client';
import { expect } from 'vitest';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import { MINUTE } from '../../../src/domain/time.ts';
import { accountWorkflowId, conversationWorkflowId, retire } from '../../../workflows/signals.ts';
import { startReceiver } from '../../engine/support/receiver.ts';
import { connectWebhook } from '../../engine/support/world.ts';
import type { ZendeskWorld } from '../../engine/support/zendesk-world.ts';
import type { VirtualRun } from './virtual-run.ts';

/** Where a scenario is played: a conversation of an app whose only destination is a Zendesk account. */
export interface Stage {
  readonly world: ZendeskWorld;
  readonly run: VirtualRun;
  readonly conversation: ConversationId;
}

/** Plays one piece of a workflow's life to its end. @returns the workflow's run that it is about. */
type Scenario = (stage: Stage) => Promise<WorkflowHandle>;

/** The one that opens the ticket, and another one: Zendesk's trigger tells us of changes, so only that one comes back to us. */
async function oneMessage(stage: Stage): Promise<WorkflowHandle> {
  await opening(stage);
  await say(stage, 'one');
  await stage.run.pass(6_000);
  return await onTicket(stage, ['opening', 'one']);
}

async function fiveMessages(stage: Stage): Promise<WorkflowHandle> {
  await opening(stage);
  for (const text of ['one', 'two', 'three', 'four', 'five']) {
    await say(stage, text);
    // Real time passes, too: a busy machine gets some.
    await stage.run.pass(400);
  }
  await stage.run.pass(5_000);
  return await onTicket(stage, ['opening', 'one\n\ntwo\n\nthree\n\nfour\n\nfive']);
}

async function rateLimited(stage: Stage): Promise<WorkflowHandle> {
  const limit = { kind: 'status', status: 429, headers: { 'retry-after': '360' } } as const;
  await stage.world.zendesk.addFault({ method: 'POST', path: '/tickets', ...limit });
  await say(stage, 'one');
  await stage.run.pass(6_000);
  await tells(stage, 'takes no more');
  await say(stage, 'two');
  await stage.run.pass(7 * MINUTE);
  return await onTicket(stage, ['one\n\ntwo']);
}

async function parked(stage: Stage): Promise<WorkflowHandle> {
  await grant(stage, 'revoked');
  await say(stage, 'one');
  await stage.run.pass(6_000);
  await tells(stage, 'parked');
  await grant(stage, await stage.world.zendesk.issueToken());
  const repaired = stage.world.db.updateTable('destinations').set((e) => ({ generation: e('generation', '+', 1) }));
  await repaired.execute();
  await stage.run.pass(20_000);
  await stage.run.sweep.once();
  return await onTicket(stage, ['one']);
}

async function continued(stage: Stage): Promise<WorkflowHandle> {
  await say(stage, 'one');
  const { runId, workflowId } = await ofConversation(stage).describe();
  await ofConversation(stage).signal(retire);
  await stage.run.pass(6_000);
  await onTicket(stage, ['one']);
  return stage.run.workflow(workflowId, runId);
}

async function nextRun(stage: Stage): Promise<WorkflowHandle> {
  await continued(stage);
  return ofConversation(stage);
}

async function notice(stage: Stage): Promise<WorkflowHandle> {
  await oneMessage(stage);
  const receiver = await startReceiver();
  try {
    await connectWebhook(stage.world, receiver.url);
    const [ticket] = await stage.world.tickets();
    await stage.world.zendesk.act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text: 'an answer' });
    await stage.world.webhooksDone();
    await stage.run.pass(6_000);
    await stage.run.sweep.once();
    await expect.poll(() => receiver.texts().length).toBe(1);
    await tells(stage, /(nothing is left to send\.[^]*){2}/);
    return ofConversation(stage);
  } finally {
    await receiver.close();
  }
}

const install: Scenario = (stage) => want(stage, 'connecting', 'connected');

async function remove(stage: Stage): Promise<WorkflowHandle> {
  await want(stage, 'connecting', 'connected');
  const account = await want(stage, 'removing', 'removed');
  await expect.poll(async () => (await account.describe()).status.name).toBe('COMPLETED');
  return account;
}

/** The kinds of history that are kept, and how long each may be from its last signal on. */
export const SCENARIOS: readonly (readonly [kind: string, events: number, play: Scenario])[] = [
  ['one-message', 15, oneMessage],
  ['five-messages', 15, fiveMessages],
  ['rate-limited', 20, rateLimited],
  ['parked', 20, parked],
  ['continued', 10, continued],
  ['continued-next-run', 20, nextRun],
  ['notice', 25, notice],
  ['install', 75, install],
  ['remove', 65, remove],
];

async function opening(stage: Stage): Promise<void> {
  await say(stage, 'opening');
  await stage.run.pass(6_000);
  await onTicket(stage, ['opening']);
}

const say = ({ run, conversation }: Stage, text: string): Promise<void> => run.say(conversation, text);

const ofConversation = ({ run, conversation }: Stage): WorkflowHandle => run.workflow(conversationWorkflowId(conversation));

/** These comments are on the ticket, Zendesk has told us of all but the opening one, and nothing came of it. */
async function onTicket(stage: Stage, texts: readonly string[]): Promise<WorkflowHandle> {
  const comments = async (): Promise<readonly string[]> => (await stage.world.comments()).map(({ text }) => text);
  await expect.poll(comments).toEqual(texts);
  await tells(stage, 'nothing is left to send.');
  await stage.world.webhooksDone();
  const echoes = await stage.world.db.selectFrom('inbound_events').select('state').execute();
  expect(echoes).toEqual(texts.slice(1).map(() => ({ state: 'dropped' })));
  await stage.run.pass(10_000);
  await stage.run.sweep.once();
  return ofConversation(stage);
}

const tells = async ({ run, conversation }: Stage, words: string | RegExp): Promise<void> =>
  await expect.poll(() => run.details(conversation)).toMatch(words);

const grant = ({ world }: Stage, accessToken: string): Promise<void> =>
  putGrant(world.db, world.vault, world.connection.account, { credentials: { accessToken } }, world.clock.now());

/** A person connects or removes the account. */
async function want({ world, run }: Stage, wish: 'connecting' | 'removing', end: string): Promise<WorkflowHandle> {
  const { key } = await world.db.selectFrom('accounts').select('key').where('system', '=', 'zendesk').executeTakeFirstOrThrow();
  await world.db.updateTable('integrations').set({ status: wish }).execute();
  await run.temporal.wakeAccount('zendesk', key);
  const status = async (): Promise<unknown> => await world.db.selectFrom('integrations').select('status').executeTakeFirst();
  await expect.poll(status).toEqual({ status: end });
  return run.workflow(accountWorkflowId('zendesk', key));
}
