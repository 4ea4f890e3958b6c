import { createCrowd, PLACES_OF_AN_ACCOUNT } from '../../../activities/crowd.ts';
import { createHttp } from '../../../activities/http.ts';
import type { LaneBell, RoundResult } from '../../../activities/contract.ts';
import type { Attempt } from '../../../activities/attempt.ts';
import type { BusinessSystem } from '../../../activities/business-system.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import { collect } from '../../../activities/collect.ts';
import { deliver } from '../../../activities/deliver.ts';
import type { Ports } from '../../../activities/ports.ts';
import { systemLabel, systemNamed, systems } from '../../../activities/systems.ts';
import { accept } from '../../../src/db/accept.ts';
import type { Accepted } from '../../../src/db/accept.ts';
import { putGrant } from '../../../src/db/accounts/grants.ts';
import { json, openDb } from '../../../src/db/db.ts';
import type { Db } from '../../../src/db/db.ts';
import { newId } from '../../../src/db/new-id.ts';
import { createStores } from '../../../src/db/stores.ts';
import { sweepLanes } from '../../../src/db/sweep/lanes.ts';
import { sweepEvents, sweepThreads } from '../../../src/db/sweep/threads.ts';
import type {
  AccountId,
  AppId,
  AppUserId,
  ConversationId,
  DestinationId,
  IntegrationId,
  WebhookId,
} from '../../../src/domain/ids.ts';
import { createVault } from '../../../src/secrets.ts';
import type { Vault } from '../../../src/secrets.ts';
import { freshDatabase } from '../../support/database.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An installation without Temporal: the engine's own code on real PostgreSQL, and a clock that the test sets. */
export interface World {
  readonly db: Db;
  readonly vault: Vault;
  readonly clock: VirtualClock;
  readonly ports: Ports;
  readonly app: AppId;
  /** What attempts of rounds failed with. */
  readonly failures: unknown[];
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly clock?: VirtualClock;
  readonly publicUrl?: string;
  readonly operator?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly installation?: string;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const database = await freshDatabase();
  const db = openDb({ url: database.url, connections: 8 });
  const vault = createVault([{ id: 'k1', key: new Uint8Array(32).fill(7) }]);
  const clock = options.clock ?? new VirtualClock();
  const http = createHttp({ allowedNetworks: { ranges: ['127.0.0.0/8'] } });
  const ports: Ports = {
    clock,
    http,
    ...createStores(db, vault),
    crowd: createCrowd(PLACES_OF_AN_ACCOUNT),
    settings: {
      installation: options.installation ?? 'testbridge',
      publicUrl: options.publicUrl ?? 'http://127.0.0.1:1',
      operator: (system) => ({ ...defaultsOf(systemNamed(system)), ...options.operator?.[system] }),
      systemLabel,
      transcriptUrl: (conversation) => `http://127.0.0.1:1/transcripts/${conversation}?key=k`,
      preview: false,
    },
  };
  const app = newId<AppId>();
  await db.insertInto('apps').values({ id: app, name: 'Demo', created_at: clock.now() }).execute();
  const close = async (): Promise<void> => {
    await http.close();
    await db.destroy();
    await database.drop();
  };
  return { db, vault, clock, ports, app, failures: [], close };
}

const defaultsOf = (system: BusinessSystem | undefined): Record<string, string> =>
  Object.fromEntries(
    (system?.facts.operatorSettings ?? []).flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );

/** A person of the app, with the conversation that is theirs. */
export async function createConversation(world: World, name = 'Ann Lee'): Promise<ConversationId> {
  const user = newId<AppUserId>();
  const conversation = newId<ConversationId>();
  const [given, surname] = name.split(' ');
  await world.db
    .insertInto('app_users')
    .values({
      id: user,
      app_id: world.app,
      user_id: `user-${user}`,
      given_name: given ?? null,
      surname: surname ?? null,
      created_at: world.clock.now(),
    })
    .execute();
  await world.db.insertInto('conversations').values({ id: conversation, app_id: world.app, app_user_id: user }).execute();
  return conversation;
}

export interface Connection {
  readonly account: AccountId;
  readonly destination: DestinationId;
}

/** Connects an account as the connect flow leaves it, with its shared resources in place. */
export async function connectAccount(
  world: World,
  system: BusinessSystem,
  given: {
    readonly key: string;
    readonly data?: JsonObject;
    readonly credentials: JsonObject;
    readonly expiresAt?: number;
    readonly webhook?: string;
  },
): Promise<Connection> {
  const { db, vault, clock, app } = world;
  const account = newId<AccountId>();
  const destination = newId<DestinationId>();
  const now = clock.now();
  await db
    .insertInto('accounts')
    .values({ id: account, system: system.name, key: given.key, data: json(given.data ?? {}) })
    .execute();
  await putGrant(
    db,
    vault,
    account,
    { credentials: given.credentials, ...(given.expiresAt === undefined ? {} : { expiresAt: given.expiresAt }) },
    now,
  );
  const integration = newId<IntegrationId>();
  const label = `${system.facts.label} ${given.key}`;
  if (given.webhook === undefined) {
    await db
      .insertInto('integrations')
      .values({
        id: integration,
        app_id: app,
        account_id: account,
        system: system.name,
        status: 'connected',
        display_name: label,
        created_at: now,
        connecting_since: now,
      })
      .execute();
  }
  await db
    .insertInto('destinations')
    .values({
      id: destination,
      app_id: app,
      account_id: account,
      integration_id: given.webhook === undefined ? integration : null,
      system: system.name,
      label,
      takes: [...system.facts.takes],
      window_ms: system.facts.windowMs,
      created_at: now,
    })
    .execute();
  return { account, destination };
}

/** Connects a webhook of the app. */
export const connectWebhook = (world: World, target: string): Promise<Connection> => {
  const app = systems.find(({ name }) => name === 'app');
  if (app === undefined) throw new Error('the app is no system');
  const webhook = newId<WebhookId>();
  return connectAccount(world, app, {
    key: webhook,
    data: { target, version: 'v1.1' },
    credentials: { secret: 's3cret' },
    webhook,
  });
};

/** A message of the app user, or of the app's owner. */
export async function say(
  world: World,
  conversation: ConversationId,
  text: string,
  role: 'appUser' | 'appMaker' = 'appUser',
): Promise<Accepted> {
  const accepted = await accept(world.db, {
    conversation,
    role,
    content: { type: 'text', text },
    author: role === 'appMaker' ? { name: 'Owner' } : {},
    source: { type: 'api' },
    now: world.clock.now(),
  });
  if (accepted === undefined) throw new Error('the message was not accepted');
  return accepted;
}

const ATTEMPTS = 5;

/** Runs one round as Temporal does: up to five attempts, some seconds apart. */
export async function runRound(
  world: World,
  bell: Pick<LaneBell, 'system' | 'destination'> & { readonly conversation: ConversationId },
  ports: (attempt: number) => Ports = () => world.ports,
): Promise<RoundResult | undefined> {
  const system = systemNamed(bell.system);
  if (system === undefined) throw new Error(`no such system: ${bell.system}`);
  const round = newId<ConversationId>();
  return await attempts(world, (attempt) => deliver(ports(attempt), system, { ...bell, round }, attemptOf(attempt)));
}

/** Tries as Temporal does. @returns what it came to, if it did. */
export async function attempts<T>(world: World, once: (attempt: number) => Promise<T>): Promise<T | undefined> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      return await once(attempt);
    } catch (error) {
      world.failures.push(error);
      world.clock.advance(2_000 * 2 ** attempt);
    }
  }
  return undefined;
}

export const attemptOf = (attempt: number): Attempt => ({ signal: new AbortController().signal, isLast: attempt === ATTEMPTS });

/** Does what is to be done until nothing is left, as the sweep finds it, moving the clock. @returns how long it took, by that clock. */
export async function settle(
  world: World,
  options: { readonly forMs?: number; readonly ports?: (attempt: number) => Ports } = {},
): Promise<number> {
  const began = world.clock.now();
  const end = began + (options.forMs ?? 24 * 3_600_000);
  let quiet = 0;
  while (world.clock.now() < end && quiet < 3) {
    world.clock.set(Math.min(Math.max(world.clock.now() + 30_000, await nextDue(world)), end));
    await sweepEvents(world.db, world.clock.now());
    const lanes = await sweepLanes(world.db, world.clock.now(), 100);
    for (const lane of lanes) await runRound(world, lane, options.ports);
    const threads = await sweepThreads(world.db, world.clock.now(), 100);
    for (const { thread, system, conversation } of threads) {
      const known = systemNamed(system);
      if (known !== undefined) await collect(world.ports, known, { thread, conversation }, attemptOf(1)).catch(() => undefined);
    }
    quiet = lanes.length + threads.length + (await undelivered(world)) === 0 ? quiet + 1 : 0;
  }
  return world.clock.now() - began;
}

/** When the first lane or thread that waits may go on. */
async function nextDue(world: World): Promise<number> {
  const now = world.clock.now();
  const lanes = await world.db.selectFrom('lanes').select(['until', 'swept_at']).execute();
  const isDue = lanes.some(({ until, swept_at }) => (until ?? 0) <= now && swept_at < now - 61_000);
  const waits = lanes.flatMap(({ until }) => (until !== null && until > now ? [until] : []));
  return isDue || waits.length < lanes.length ? now : Math.min(...waits);
}

async function undelivered(world: World): Promise<number> {
  const rows = await world.db.selectFrom('deliveries').select('seq').where('state', 'in', ['waiting', 'sending']).execute();
  return rows.length;
}

/** The ledger of a conversation, all destinations together. */
export const deliveriesOf = (world: World, conversation: ConversationId) =>
  world.db
    .selectFrom('deliveries')
    .select(['seq', 'state', 'problem'])
    .where('conversation_id', '=', conversation)
    .orderBy('seq')
    .execute();
