import type { z } from 'zod';
import { json } from '../../../src/db/db.ts';
import { keepDevice } from '../../../src/db/devices.ts';
import type { DeviceChange } from '../../../src/db/devices.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Content } from '../../../src/domain/message.ts';
import type { AppUserId, ConversationId } from '../../../src/domain/ids.ts';
import type { AgentAction } from '../../../src/sandbox/zendesk/control/agent-action.ts';
import { createConversation, say, settle } from '../../engine/support/world.ts';
import { zendeskForEach } from '../../engine/support/zendesk-for-each.ts';
import type { SeenComment, ZendeskWorld, ZendeskWorldOptions } from '../../engine/support/zendesk-world.ts';

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
  /** Changes what the app knows of its user. */
  readonly profile: (change: ProfileChange) => Promise<void>;
  /** What the app tells of something that its user writes on. */
  readonly device: (id: string, change: DeviceChange) => Promise<void>;
  /** What the integration is set to. */
  readonly settings: (settings: JsonObject) => Promise<void>;
  /** Calls Zendesk's API as its administrator. @throws when it is refused */
  readonly api: <T>(method: string, path: string, schema: z.ZodType<T>, body?: object) => Promise<T>;
  /** How often the sandbox took a call like this: `PUT /users/`. */
  readonly calls: (like: string) => Promise<number>;
}

export interface ProfileChange {
  readonly given_name?: string | null;
  readonly surname?: string | null;
  readonly email?: string | null;
  readonly properties?: JsonObject;
}

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never;
export type Doing = Without<AgentAction, 'ticket' | 'as'> & { readonly ticket?: number; readonly as?: string };

/** Sets up a Zendesk for each test of a file. Call it at the top of the file's `describe`. */
export function atZendesk(options: ZendeskWorldOptions = {}): () => AtZendesk {
  let desk: AtZendesk;
  zendeskForEach(async (world) => {
    desk = deskOf(world, await createConversation(world));
  }, options);
  return () => desk;
}

/** A desk for one more conversation in the same Zendesk. */
export function deskOf(world: ZendeskWorld, conversation: ConversationId): AtZendesk {
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
    profile: async ({ properties, ...plain }) => {
      const changes = { ...plain, ...(properties === undefined ? {} : { properties: json(properties) }) };
      await world.db
        .updateTable('app_users')
        .set(changes)
        .where('id', '=', await appUserOf(world, conversation))
        .execute();
    },
    device: async (id, change) => {
      await keepDevice(world.db, { user: await appUserOf(world, conversation), id }, change, world.clock.now());
    },
    settings: async (settings) => {
      const { account } = world.connection;
      await world.db
        .updateTable('integrations')
        .set({ settings: json(settings) })
        .where('account_id', '=', account)
        .execute();
    },
    api: (method, path, schema, body) => callApi(world, { method, path, schema, body }),
    calls: async (like) =>
      (await world.zendesk.requests()).filter(({ method, path }) => `${method} ${path}`.includes(like)).length,
    comments: async (kind) =>
      (await world.comments()).filter(({ isPublic }) => kind === undefined || isPublic === (kind === 'public')),
  };
}

async function appUserOf({ db }: ZendeskWorld, conversation: ConversationId): Promise<AppUserId> {
  const row = await db.selectFrom('conversations').select('app_user_id').where('id', '=', conversation).executeTakeFirstOrThrow();
  return row.app_user_id;
}

async function callApi<T>(
  world: ZendeskWorld,
  call: { readonly method: string; readonly path: string; readonly schema: z.ZodType<T>; readonly body: object | undefined },
): Promise<T> {
  const headers = { authorization: `Bearer ${await world.zendesk.adminToken()}`, 'content-type': 'application/json' };
  const answer = await fetch(`${world.zendesk.url}/api/v2${call.path}`, {
    method: call.method,
    headers,
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${call.method} ${call.path}: ${answer.status} ${text}`);
  return call.schema.parse(text === '' ? {} : JSON.parse(text));
}
