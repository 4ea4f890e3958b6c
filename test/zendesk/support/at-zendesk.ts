import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Content } from '../../../src/domain/message.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import type { AgentAction } from '../../../src/sandbox/zendesk/control/agent-action.ts';
import { createConversation, say, settle } from '../../engine/support/world.ts';
import { createZendeskWorld, startSandbox } from '../../engine/support/zendesk-world.ts';
import type { SandboxServer, SeenComment, ZendeskWorld } from '../../engine/support/zendesk-world.ts';

/** One app user's conversation in a Zendesk of its own, with the hands and eyes of the people on both sides. */
export interface AtZendesk {
  readonly world: ZendeskWorld;
  readonly conversation: ConversationId;
  /** The app user writes, and all that follows from it happens. */
  readonly says: (...texts: readonly string[]) => Promise<void>;
  /** Somebody does something on the newest ticket, or another one, and all that follows from it happens. */
  readonly acts: (action: Doing) => Promise<void>;
  /** What agents answered, as the app user sees it. */
  readonly answers: () => Promise<readonly Content[]>;
  /** What stands on tickets: `public` for the app user's eyes. */
  readonly comments: (kind?: 'public' | 'internal') => Promise<readonly SeenComment[]>;
  /** The number of the newest ticket. */
  readonly ticket: () => Promise<number>;
}

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
export type Doing = Without<AgentAction, 'ticket' | 'as'> & { readonly ticket?: number; readonly as?: string };

/** Sets up a Zendesk for each test of a file. Call it at the top of the file's `describe`. */
export function atZendesk(options: Parameters<typeof createZendeskWorld>[1] = {}): () => AtZendesk {
  let server: SandboxServer;
  let desk: AtZendesk;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    const world = await createZendeskWorld(server, options);
    desk = deskOf(world, await createConversation(world));
  });
  afterEach(async () => {
    await desk.world.close();
  });
  return () => desk;
}

function deskOf(world: ZendeskWorld, conversation: ConversationId): AtZendesk {
  const ticket = async (): Promise<number> => (await world.tickets()).at(-1)?.id ?? 0;
  return {
    world,
    conversation,
    ticket,
    says: async (...texts) => {
      for (const text of texts) await say(world, conversation, text);
      await settle(world);
    },
    acts: async (doing) => {
      await world.zendesk.act({ ticket: await ticket(), as: 'Ben', ...doing });
      await world.webhooksDone();
      await settle(world);
    },
    answers: async () => {
      const rows = await world.db
        .selectFrom('messages')
        .select('content')
        .where('conversation_id', '=', conversation)
        .where('role', '=', 'appMaker')
        .orderBy('seq')
        .execute();
      return rows.map(({ content }) => content);
    },
    comments: async (kind) =>
      (await world.comments()).filter(({ isPublic }) => kind === undefined || isPublic === (kind === 'public')),
  };
}
