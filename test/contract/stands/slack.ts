import { slack } from '../../../activities/slack/index.ts';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import type { FaultScript } from '../../../src/sandbox/faults.ts';
import { startSandbox } from '../../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../../engine/support/zendesk-world.ts';
import { typed } from '../../slack/support/signed.ts';
import { ALL_SCOPES, createSlackWorld } from '../../slack/support/slack-world.ts';
import type { SlackWorld } from '../../slack/support/slack-world.ts';
import type { Fault, Stand, StandFactory } from '../stand.ts';

let server: SandboxServer | undefined;

/** Slack: the sandbox over HTTP, its events and commands coming in. */
export const stand: StandFactory = {
  system: slack,
  lacks: {
    divert: 'a channel belongs to one person for good',
    changed: 'a command that was lost was never accepted: Slack tells whoever typed it',
  },
  open: async () => {
    server = await startSandbox();
  },
  end: async () => server?.close(),
  create: async (): Promise<Stand> => {
    if (server === undefined) throw new Error('the sandbox is not open');
    const world = await createSlackWorld(server);
    return {
      world,
      connection: world.connection,
      seen: (conversation) => world.seenOf(conversation),
      fault: {
        rateLimit: (seconds) =>
          fault(world, { ...POSTS, kind: 'status', status: 429, headers: { 'retry-after': String(seconds) } }),
        serverError: (times) => fault(world, { ...POSTS, kind: 'status', status: 503, times }),
        lostAnswer: () => fault(world, { ...POSTS, kind: 'lostAnswer' }),
        // The first post shows the profile.
        refuseContent: (times) =>
          fault(world, { ...POSTS, kind: 'status', status: 200, times, skip: 1, body: { ok: false, error: 'msg_too_long' } }),
      },
      access: { revoke: () => world.slack.revoke(world.slackApp.id), repair: () => repair(world) },
      threads: {
        remove: (conversation) => inChannel(world, conversation, 'deleteChannel'),
        reply: (conversation, text) => world.type(conversation, `/sk ${text}`),
        note: (conversation, text) => note(world, conversation, text),
        count: async (conversation) => (await world.channelsOf(conversation)).length,
      },
      signed: async (now) => typed('!profile', now, { team_id: world.slack.team }, world.slackApp.signing_secret),
      close: () => world.close(),
    };
  },
};

const POSTS = { method: 'POST', path: '/chat.postMessage' } as const;

async function fault(world: SlackWorld, script: FaultScript): Promise<Fault> {
  const { id } = await world.slack.addFault(script);
  return { fired: async () => (await world.slack.faults()).find((row) => row.id === id)?.fired ?? 0 };
}

async function inChannel(world: SlackWorld, conversation: ConversationId, what: 'deleteChannel' | 'join'): Promise<void> {
  const channel = (await world.channelsOf(conversation)).at(-1)?.id ?? '';
  await world.slack.act({ as: what === 'join' ? 'Ben' : 'Ada Admin', do: what, channel });
}

async function note(world: SlackWorld, conversation: ConversationId, text: string): Promise<void> {
  await inChannel(world, conversation, 'join');
  const channel = (await world.channelsOf(conversation)).at(-1)?.id ?? '';
  await world.slack.act({ as: 'Ben', do: 'post', channel, text });
}

/** What connecting again does: a new grant, and a new generation of the destination. */
async function repair(world: SlackWorld): Promise<void> {
  const { account, destination } = world.connection;
  const botToken = await world.slack.install(world.slackApp.id, ALL_SCOPES);
  await putGrant(world.db, world.vault, account, { credentials: { botToken } }, world.clock.now());
  await world.db
    .updateTable('destinations')
    .set((e) => ({ generation: e('generation', '+', 1) }))
    .where('id', '=', destination)
    .execute();
}
