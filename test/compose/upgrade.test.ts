import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { migrations } from '../../src/db/migrations/index.ts';
import { basic, createClient } from '../api/support/client.ts';
import type { Client, Reply } from '../api/support/client.ts';
import { checkoutOf, commitBefore, freshCheckout, hasHistory, makeEnv, ownName, ROOT } from './support/checkout.ts';
import { withEngine } from './support/engine.ts';
import { openStack } from './support/stack.ts';
import type { Stack } from './support/stack.ts';

const newest = Object.keys(migrations).at(-1) ?? '';

/** How images are built and started is of today; what is in the old one is of then. */
const TOOLS = ['Dockerfile', '.dockerignore', 'docker-compose.yml', 'compose', '.env.example', 'src/workflow-bundle.ts'];

const Key = z.object({ keyId: z.string(), secret: z.string() });
const soon = { timeout: 120_000, interval: 200 };

describe(`an upgrade from the version before ${newest}`, () => {
  const setUp = withEngine(hasHistory() ? undefined : 'this is no checkout with a history, which tells what was before');
  let old: Stack;
  let current: Stack;
  let key: z.infer<typeof Key>;

  setUp(async () => {
    const [oldTree, currentTree] = [await checkoutOf(await commitBefore(newest)), await freshCheckout()];
    for (const tool of TOOLS) await cp(join(ROOT, tool), join(oldTree, tool), { recursive: true });
    await makeEnv(currentTree, [], { PUBLIC_URL: 'http://deskbridge.localhost:3000' });
    await cp(join(currentTree, '.env'), join(oldTree, '.env'));
    const name = ownName('upgrade');
    old = await openStack({ name, directory: oldTree, image: ownName('image-before') });
    current = await openStack({ name, directory: currentTree, image: ownName('image') });
    await old.compose('build');
    await current.compose('build');
    await old.compose('up', '--detach', 'api');
    key = Key.parse(JSON.parse(await old.compose('run', '--rm', '-T', '--no-deps', 'api', 'create-app', 'Upgraded')));
  });
  afterAll(async () => {
    await old?.down();
    await current?.down();
  });

  it('migrates while the API of that version takes messages, each at the first attempt', async () => {
    const client = createClient(`${await old.address('api', 3000)}/v1.1`, basic(key));
    await expect.poll(() => statusOf(client('POST', '/appusers', { userId: 'ann' })), soon).toBe(201);
    const posting = post(client);
    await expect.poll(() => posting.statuses.length, soon).toBeGreaterThan(10);

    expect(await applied(old)).not.toContain(newest);
    await current.compose('run', '--rm', '-T', '--no-deps', 'migrate');
    expect(await applied(old)).toContain(newest);

    const until = posting.statuses.length + 20;
    await expect.poll(() => posting.statuses.length, soon).toBeGreaterThan(until);
    const count = await posting.stop();
    expect(posting.statuses).toEqual(Array(count).fill(201));
    expect(await textsOf(client)).toEqual(newestHundred(count));
  });

  it('goes on with the API of this version, which has them all', async () => {
    const count = Number(await old.query('select count(*) from messages'));
    await current.compose('up', '--detach', '--wait', '--no-deps', 'api');
    const client = createClient(`${await current.address('api', 3000)}/v1.1`, basic(key));
    expect(await textsOf(client)).toEqual(newestHundred(count));
    expect(await statusOf(say(client, count + 1))).toBe(201);
    expect(await textsOf(client)).toEqual(newestHundred(count + 1));
  });
});

const applied = (stack: Stack): Promise<string> => stack.query('select name from kysely_migration');

const say = (client: Client, count: number): Promise<Reply> =>
  client('POST', '/appusers/ann/messages', { role: 'appUser', text: `message ${count}` });

/** Or nothing, where nobody answers. */
const statusOf = (reply: Promise<Reply>): Promise<number | undefined> =>
  reply.then(({ status }) => status).catch(() => undefined);

/** Posts one message after the other, and tries none again. */
function post(client: Client): { readonly statuses: readonly (number | undefined)[]; stop(): Promise<number> } {
  const statuses: (number | undefined)[] = [];
  let isOver = false;
  const posting = (async () => {
    while (!isOver) {
      statuses.push(await statusOf(say(client, statuses.length + 1)));
      await sleep(50);
    }
  })();
  const stop = async (): Promise<number> => {
    isOver = true;
    await posting;
    return statuses.length;
  };
  return { statuses, stop };
}

const Messages = z.object({ messages: z.array(z.object({ text: z.string() })) });

/** The newest page. */
const textsOf = async (client: Client): Promise<readonly string[]> =>
  Messages.parse((await client('GET', '/appusers/ann/messages')).body).messages.map(({ text }) => text);

const newestHundred = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `message ${index + 1}`).slice(-100);
