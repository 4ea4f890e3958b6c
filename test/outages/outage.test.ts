import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { createClient } from '../api/support/client.ts';
import { temporalCli } from '../support/temporal.ts';
import { accepted, anAppUser, appUsers, onTickets, say, undelivered } from '../e2e/support/conversations.ts';
import type { Speaker } from '../e2e/support/conversations.ts';
import { startInstallation } from '../e2e/support/installation.ts';
import type { ConnectedApp, Installation } from '../e2e/support/installation.ts';

const SHORT_MS = 15 * SECOND;
/** As long as clients take to back off as far as they ever do. */
const LONG_MS = MINUTE;
/** Each takes one new end user a second. */
const ACCOUNTS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'];
const USERS_EACH = 3;

const soon = { timeout: 60_000, interval: 200 };

describe('two API processes and two workers', () => {
  const cli = temporalCli();
  let installation: Installation;
  let apps: readonly ConnectedApp[];
  beforeAll(async () => {
    installation = await startInstallation({ cli, apis: 2, workers: 2 });
    apps = await Promise.all(ACCOUNTS.map((subdomain) => installation.connectApp(subdomain, { windowMs: 300 })));
  }, 240_000);
  afterAll(() => installation.close());

  it('keep the order of 16 writers on one conversation, without a gap', async () => {
    const [app = expect.fail('no app')] = apps;
    const speaker = await anAppUser(installation, app, 'crowd');
    const writers = Array.from({ length: 16 }, (_, writer) =>
      speak(speaker, { as: `writer ${writer}`, at: writer, messages: 4 }),
    );
    expect((await Promise.all(writers)).flat()).toEqual(Array.from({ length: 64 }, () => 201));
    await expectAllDelivered();
  });

  it.each([
    { how: 'comes back', downForMs: LONG_MS, lose: false },
    { how: 'comes back with nothing in its database', downForMs: SHORT_MS, lose: true },
  ])('accept while Temporal is down, and deliver all when it $how', { timeout: 200_000 }, async ({ how, downForMs, lose }) => {
    const { temporal, processes } = installation;
    const speakers = await appUsers(installation, apps, USERS_EACH, lose ? 'second' : 'first');
    const isOver = sleep(downForMs);
    await temporal.kill();
    expect(await temporalIs()).toEqual(['down', 'down']);
    const before = await bellsGivenUp();
    const first = await Promise.all(speakers.map((speaker, at) => speak(speaker, { as: how, at, messages: 1 })));
    // A bell is given up after some seconds. That none was yet shows that no answer waited for one.
    expect(await bellsGivenUp()).toBe(before);
    const others = await Promise.all(speakers.map((speaker, at) => speak(speaker, { as: `still ${how}`, at, messages: 8 })));
    expect([...first, ...others].flat()).toEqual(Array.from({ length: 216 }, () => 201));
    expect(await temporalIs()).toEqual(['down', 'down']);
    if (lose) await temporal.forgetEverything();
    await isOver;
    expect(await bellsGivenUp()).toBeGreaterThan(before);
    await temporal.start();
    await expectAllDelivered();
    expect(processes.filter((process) => process.isRunning())).toHaveLength(4);
  });

  it('log one JSON object a line, also when they lose Temporal', async () => {
    for (const process of installation.processes) {
      const lines = (await process.log()).trimEnd().split('\n');
      expect(lines.filter((line) => !line.startsWith('{"level":'))).toEqual([]);
    }
  });

  const temporalIs = (): Promise<readonly string[]> =>
    Promise.all(installation.apis.map(async (api) => (await createClient(api)('GET', '/readyz')).at('temporal')));

  async function bellsGivenUp(): Promise<number> {
    const logs = await Promise.all(installation.processes.map((process) => process.log()));
    return logs.join('').split('a bell did not get through').length - 1;
  }

  /** Everything that was accepted is on its ticket, once, in the order of the sequence numbers. */
  async function expectAllDelivered(): Promise<void> {
    await expect.poll(() => undelivered(installation.db), soon).toBe(0);
    expect(await onTickets(installation, apps)).toEqual(await accepted(installation.db));
  }
});

/** Says one thing after the other, at the API processes in turn. @returns what they answered. */
async function speak(speaker: Speaker, how: { readonly as: string; readonly at: number; readonly messages: number }) {
  const statuses: number[] = [];
  for (let turn = 0; turn < how.messages; turn += 1)
    statuses.push((await say(speaker, `${speaker.userId}, ${how.as}, ${turn}`, how.at + turn)).status);
  return statuses;
}
