import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Lane } from './lane.ts';
import { searchAttributes } from './signals.ts';

type State = 'ok' | 'limited' | 'parked';

/**
 * Keeps the search attributes in step with the lanes. Each change is an event in the history, so only what an operator searches
 * for is told: parked, limited and back, and a system that joins.
 */
export function createVisibility(): { update(lanes: readonly Lane[]): void } {
  const known = workflowInfo().typedSearchAttributes;
  let state = known.get(searchAttributes.state) ?? 'ok';
  const systems = new Set(known.get(searchAttributes.systems) ?? []);
  return {
    update: (lanes) => {
      const now = stateOf(lanes);
      const joined = lanes.map((lane) => lane.bell.system).filter((system) => !systems.has(system));
      if (now === state && joined.length === 0) return;
      state = now;
      for (const system of joined) systems.add(system);
      upsertSearchAttributes([
        { key: searchAttributes.state, value: now },
        { key: searchAttributes.systems, value: [...systems] },
      ]);
    },
  };
}

function stateOf(lanes: readonly Lane[]): State {
  if (lanes.some(({ isParked }) => isParked)) return 'parked';
  return lanes.some(({ isLimited }) => isLimited) ? 'limited' : 'ok';
}
