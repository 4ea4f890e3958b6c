import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { registerSearchAttributes } from '../../src/register-search-attributes.ts';
import { createSweep } from '../../src/sweep.ts';
import { DAY, MINUTE } from '../../src/domain/time.ts';
import { VirtualClock } from '../engine/support/virtual-clock.ts';
import { createWorld } from '../engine/support/world.ts';
import { temporalAddress } from '../support/temporal.ts';
import { runScripted } from './support/scripted-run.ts';
import type { ScriptedRun } from './support/scripted-run.ts';

// The time-skipping server keeps no list of workflows: this is a server as people run it, started without flags.
describe('what operators find in Temporal', () => {
  const address = temporalAddress();
  let environment: TestWorkflowEnvironment;
  let run: ScriptedRun;
  beforeAll(async () => {
    environment = await TestWorkflowEnvironment.createFromExistingServer({ address });
    await registerSearchAttributes(environment.connection, 'default');
  });
  afterAll(() => environment.teardown());
  beforeEach(async () => {
    run = await runScripted(environment);
  });
  afterEach(() => run.stop());

  it('is a conversation by its app, its app user, its systems and its state, also in its next run', async () => {
    await run.ring('d1');
    const all = `DeskbridgeApp = 'app1' AND DeskbridgeAppUser = 'user1' AND DeskbridgeSystems = 'desk' AND DeskbridgeState = 'ok'`;
    await expect.poll(() => found(all)).toBe(1);
    const { runId } = await run.history();
    await run.signal('retire');
    await expect.poll(async () => (await run.history()).runId).not.toBe(runId);
    await expect.poll(() => found(`${all} AND ExecutionStatus = 'Running'`)).toBe(1);
    expect(await found("DeskbridgeApp = 'app2'")).toBe(0);
  });

  it('is what is limited, what is parked, and what is so no longer', async () => {
    const now = await run.now();
    run.round('d1', () =>
      Promise.resolve({ summary: 'later', until: now + 400, why: { kind: 'resting' as const }, behind: now - MINUTE }),
    );
    run.round('d1', () => Promise.resolve({ summary: 'parked', parked: 'access was revoked' }));
    await run.ring('d1', 0);
    await expect.poll(() => found("DeskbridgeState = 'parked'")).toBe(1);
    await run.ring('d1', 0);
    await expect.poll(() => found("DeskbridgeState = 'ok'")).toBe(1);
    expect((await run.history()).types.filter((type) => type === UPSERTED)).toHaveLength(3);
  });

  it('says on top whose conversation it is', async () => {
    await run.ring('d1', 0);
    const { staticSummary, staticDetails } = await run.describe();
    expect(await staticSummary()).toBe(`Conversation ${run.conversation} of app user user1`);
    expect(await staticDetails()).toBe(`- app: \`app1\`\n- app user: \`user1\`\n- conversation: \`${run.conversation}\``);
  });

  it('is no run older than 30 days: idle ones end, and others continue as new', async () => {
    const world = await createWorld({ clock: new VirtualClock(Date.now() + 30 * DAY - MINUTE) });
    const sweep = createSweep({ ...world, temporal: run.temporal, log: createLog('silent') });
    try {
      await run.ring('d1', 0);
      await expect.poll(() => run.details()).toContain('nothing is left');
      await expect.poll(() => found("ExecutionStatus = 'Running'")).toBe(1);
      expect(await sweep.retire()).toBe(0);
      world.clock.advance(2 * MINUTE);
      expect(await sweep.retire()).toBe(1);
      await expect.poll(() => run.status()).toBe('COMPLETED');

      await run.ring('d1');
      const { runId } = await run.history();
      await expect.poll(() => sweep.retire()).toBe(1);
      await expect.poll(async () => (await run.history()).runId).not.toBe(runId);
      expect(await run.status()).toBe('RUNNING');
      expect(await run.details()).toContain('collects messages until');
    } finally {
      await world.close();
    }
  });

  /** EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES. */
  const UPSERTED = 40;

  async function found(query: string): Promise<number> {
    const { count } = await environment.client.workflow.count(`WorkflowId = 'conversation:${run.conversation}' AND ${query}`);
    return count;
  }
});
