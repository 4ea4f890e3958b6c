import { describe, expect, it } from 'vitest';
import { readBell } from '../../workflows/read-bell.ts';
import { timeSkipping } from '../support/temporal.ts';
import { runScripted } from './support/scripted-run.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const lane = { destination: 'd1', system: 'desk', label: 'Desk', windowMs: 5_000, since: 1 };

describe('a bell that carries a trace', () => {
  const environment = timeSkipping();

  it('makes the same history as one that does not, event by event', async () => {
    const [plain, traced] = [await eventsOf(undefined), await eventsOf(TRACE)];
    expect(plain.length).toBeGreaterThan(10);
    expect(traced).toEqual(plain);
  });

  it.each([[undefined], [7], [''], ['x'.repeat(1_000)], [{}]])('is a bell without one where that is nonsense: %j', (trace) => {
    expect(readBell({ lanes: [lane], trace })).toEqual({ lanes: [lane], threads: [] });
  });

  async function eventsOf(trace: string | undefined): Promise<readonly number[]> {
    const run = await runScripted(environment());
    const since = await run.now();
    const rung = { lanes: [{ ...lane, since }], ...(trace === undefined ? {} : { trace }) };
    await run.bell(readBell(rung));
    await run.pass(10_000);
    const { types } = await run.history();
    await run.stop();
    return types;
  }
});
