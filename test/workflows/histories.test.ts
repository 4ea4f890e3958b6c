import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VirtualClock } from '../engine/support/virtual-clock.ts';
import { createConversation } from '../engine/support/world.ts';
import { createZendeskWorld, startSandbox } from '../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../engine/support/zendesk-world.ts';
import { timeSkipping, workflowBundle } from '../support/temporal.ts';
import { eventsFromLastSignal, fromText, historyAtRest, kindOf, patchesOf, summaries, toText } from './support/history.ts';
import { SCENARIOS } from './support/scenarios.ts';
import type { Stage } from './support/scenarios.ts';
import { runVirtually } from './support/virtual-run.ts';

const KEPT = fileURLToPath(new URL('../histories', import.meta.url));
const WORKFLOWS = fileURLToPath(new URL('../../workflows', import.meta.url));
/** Names a new folder there: what is played below is kept in it. */
const RECORD_AS = process.env['RECORD_HISTORIES'];

const recordings = (await readdir(KEPT, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map(({ name }) => name);
const recorded = await Promise.all(
  recordings.map(async (name) => (await readdir(join(KEPT, name))).map((file) => join(name, file))),
);
const patches = await patchesIn(WORKFLOWS);

describe('recorded histories', () => {
  it.each(recordings)('%s are of every kind', async (recording) => {
    const files = await readdir(join(KEPT, recording));
    expect(files.toSorted()).toEqual(SCENARIOS.map(([kind]) => `${kind}.json`).toSorted());
  });

  it.each(recorded.flat())('%s is what the workflows would do again', async (file) => {
    await expect(replay(await read(file))).resolves.toBeUndefined();
  });

  it.each(patches)('are of runs from before and from after the patch %s', async (patch) => {
    const histories = await Promise.all(recorded.flat().map(read));
    const kind = kindOf(histories.find((history) => patchesOf(history).includes(patch)) ?? {});
    const passes = histories.filter((one) => kindOf(one) === kind).map((one) => patchesOf(one).includes(patch));
    expect(new Set(passes)).toEqual(new Set([true, false]));
  });
});

describe('the history of', () => {
  const environment = timeSkipping();
  let server: SandboxServer;
  let stage: Stage;
  beforeAll(async () => {
    server = await startSandbox(new VirtualClock(await environment().currentTimeMs()));
  });
  afterAll(() => server.close());
  afterEach(async () => {
    await stage.run.stop();
    await stage.world.close();
  });

  it.each(SCENARIOS)(
    '%s is at most %i events long, says what each timer and activity is for, and replays',
    async (kind, events, play) => {
      await set(kind !== 'install' && kind !== 'remove');
      const history = await historyAtRest(await play(stage));
      if (RECORD_AS !== undefined) await record(RECORD_AS, kind, toText(history));
      expect(eventsFromLastSignal(history).length).toBeLessThanOrEqual(events);
      expect(summaries(history)).toEqual(summaries(history).map(() => expect.stringMatching(/\w/)));
      await expect(replay(history)).resolves.toBeUndefined();
    },
  );

  /** @param install whether the account is set up before the play begins. */
  async function set(install: boolean): Promise<void> {
    server.clock.set(await environment().currentTimeMs());
    const world = await createZendeskWorld(server, { install });
    stage = { world, run: await runVirtually(environment(), world), conversation: await createConversation(world) };
  }
});

async function read(file: string) {
  return fromText(await readFile(join(KEPT, file), 'utf8'));
}

/** The names that stand in calls of `patched`. */
async function patchesIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/\bpatched\('([^']+)'\)/g)].map(([, name = '']) => name));
}

const replay = (history: unknown): Promise<void> => Worker.runReplayHistory({ workflowBundle: workflowBundle() }, history);

/** Keeps a history for ever. What is kept once is never written again. */
async function record(recording: string, kind: string, history: string): Promise<void> {
  await mkdir(join(KEPT, recording), { recursive: true });
  await writeFile(join(KEPT, recording, `${kind}.json`), `${history}\n`, { flag: 'wx' });
}
