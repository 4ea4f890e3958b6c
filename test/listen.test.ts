import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BusinessSystem } from '../activities/business-system.ts';
import type { Ear } from '../activities/listener.ts';
import { zendesk } from '../activities/zendesk/index.ts';
import { createDispatch } from '../src/dispatch.ts';
import { startListening } from '../src/listen.ts';
import { createMetrics } from '../src/operations/metrics.ts';
import type { Listening } from '../src/listen.ts';
import { recordingTemporal } from './api/support/recording-temporal.ts';
import { createTestLog } from './api/support/test-log.ts';
import { connectAccount, createWorld } from './engine/support/world.ts';
import type { World } from './engine/support/world.ts';

/** A system that is listened to: remembers who listens. */
function radio() {
  const ears: Ear[] = [];
  const listener: BusinessSystem['listener'] = {
    isWanted: ({ url }) => url !== undefined,
    listen: async (ear) => {
      ears.push(ear);
      if (!ear.signal.aborted) await new Promise((done) => ear.signal.addEventListener('abort', done, { once: true }));
      ears.splice(ears.indexOf(ear), 1);
    },
  };
  const system: BusinessSystem = {
    ...zendesk,
    listener,
    answer: (_raw, _inbound, { isConnected }) => ({ status: isConnected ? 200 : 404 }),
  };
  return { system, ears };
}

describe('listening to a system', () => {
  let world: World;
  const running: Listening[] = [];
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
    await world.close();
  });

  function start(system: BusinessSystem, operator: Readonly<Record<string, string>> = { url: 'x' }, log = createTestLog()) {
    const { db, vault, clock, ports } = world;
    const temporal = recordingTemporal();
    const dispatch = createDispatch({ db, temporal, log });
    const settings = { ...ports.settings, operator: () => operator };
    const one = startListening({
      db,
      vault,
      clock,
      dispatch,
      temporal,
      log,
      metrics: createMetrics(),
      settings,
      systems: [system],
    });
    running.push(one);
    return one;
  }

  it('is done by one process at a time, and by the next one when that ends', async () => {
    const { system, ears } = radio();
    const first = start(system);
    await expect.poll(() => ears.length).toBe(1);
    const [ear] = ears;
    start(system);
    await first.stop();
    await expect.poll(() => ears.length).toBe(1);
    expect(ears[0]).not.toBe(ear);
  });

  it('takes in what arrives as a hook does, and answers what is for nobody', async () => {
    const { system, ears } = radio();
    await connectAccount(world, system, { key: 'acme', credentials: {} });
    start(system);
    await expect.poll(() => ears.length).toBe(1);
    const arrive = (accountKey: string) =>
      ears[0]?.take({
        accountKey,
        read: () => [{ kind: 'notice', key: `about ${accountKey}` }],
        answer: (_inbound, { isConnected }) => ({ status: isConnected ? 200 : 404 }),
      });
    expect([await arrive('acme'), await arrive('nobody')]).toEqual([{ status: 200 }, { status: 404 }]);
    const stored = await world.db.selectFrom('inbound_events').select('key').execute();
    expect(stored).toEqual([{ key: 'about acme' }]);
  });

  it('is done again when it failed, and the log tells why', async () => {
    const { system, ears } = radio();
    let calls = 0;
    const flaky = async (ear: Ear): Promise<void> => {
      calls += 1;
      if (calls < 3) throw new Error(`failed ${calls}`);
      await system.listener?.listen(ear);
    };
    const log = createTestLog();
    start({ ...system, listener: { isWanted: () => true, listen: flaky } }, {}, log);
    await expect.poll(() => ears.length).toBe(1);
    const told = log.lines.filter((line) => line.includes('tried again'));
    expect(told).toEqual([expect.stringContaining('failed 1'), expect.stringContaining('failed 2')]);
    const pauses = told.map((line) => z.object({ retryInMs: z.number() }).parse(JSON.parse(line)).retryInMs);
    expect(pauses).toEqual([1_000, 2_000]);
  });

  it('is not done where the operator does not want it', async () => {
    const { system, ears } = radio();
    await start(system, {}).stop();
    expect(ears).toEqual([]);
  });
});
