import {
  condition,
  continueAsNew,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { LaneBell, ThreadBell } from '../activities/contract.ts';
import { Fetch } from './fetch.ts';
import { Lane } from './lane.ts';
import { readBell } from './read-bell.ts';
import { Run } from './run.ts';
import { bell, retire, state } from './signals.ts';
import type { CarriedLane, ConversationInput } from './signals.ts';
import { createVisibility } from './visibility.ts';

/**
 * One conversation, for as long as it lives: it hands bells to lanes and threads, and continues as new when its history grows.
 *
 * It holds no message and no decision that PostgreSQL does not hold: it may be terminated at any moment, and the next bell starts
 * it again.
 */
export async function conversation(input: ConversationInput): Promise<void> {
  const lanes = new Map<string, Lane>();
  const fetches = new Map<string, Fetch>();
  const visibility = createVisibility();
  const run = new Run(show);

  function sentences(): string {
    const lines = [
      ...[...lanes.values()].map((lane) => lane.sentence),
      ...[...fetches.values()].flatMap((fetch) => fetch.sentence ?? []),
    ];
    return [input.headline, '', ...lines.map((line) => `- ${line}`)].join('\n');
  }

  function show(): void {
    setCurrentDetails(sentences());
    visibility.update([...lanes.values()]);
  }

  function laneOf(about: Omit<LaneBell, 'since'>, carried?: CarriedLane): Lane {
    const known = lanes.get(about.destination);
    if (known !== undefined) return known;
    const { destination, system, label, windowMs } = about;
    const lane = new Lane(
      { destination, system, label, windowMs },
      { conversation: input.conversation, run, fetch: ringThreads },
      carried,
    );
    lanes.set(destination, lane);
    run.keep(lane.live());
    return lane;
  }

  function fetchOf(about: ThreadBell): Fetch {
    const known = fetches.get(about.thread);
    if (known !== undefined) return known;
    const fetch = new Fetch(about, { conversation: input.conversation, run, behind: ringLanes });
    fetches.set(about.thread, fetch);
    run.keep(fetch.live());
    return fetch;
  }

  function ringLanes(rung: readonly LaneBell[], trace?: string): void {
    for (const lane of rung) laneOf(lane).ring(lane.since, trace);
  }

  function ringThreads(rung: readonly ThreadBell[], trace?: string): void {
    for (const thread of rung) fetchOf(thread).ring(trace);
  }

  setHandler(bell, (payload: unknown) => {
    const rung = readBell(payload);
    ringLanes(rung.lanes, rung.trace);
    ringThreads(rung.threads, rung.trace);
  });
  setHandler(retire, () => run.retire());
  setDefaultSignalHandler(() => undefined);
  setHandler(state, sentences);

  for (const carried of input.carried?.lanes ?? []) laneOf(carried, carried);
  ringThreads(input.carried?.threads ?? []);
  show();

  await condition(() => run.mayEnd(workflowInfo()));
  const threads = [...fetches.values()].filter((fetch) => !fetch.isIdle).map((fetch) => fetch.bell);
  const isQuiet = threads.length === 0 && [...lanes.values()].every((lane) => lane.isIdle);
  if (run.isRetiring && isQuiet) return;
  await continueAsNew<typeof conversation>({
    ...input,
    carried: { lanes: [...lanes.values()].map((lane) => lane.carry()), threads },
  });
}
