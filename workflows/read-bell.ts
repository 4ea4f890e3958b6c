import type { LaneBell, ThreadBell } from '../activities/contract.ts';
import { toId } from '../src/domain/ids.ts';
import type { DestinationId, ThreadId } from '../src/domain/ids.ts';
import type { Bell } from './signals.ts';

/** A `traceparent` has 55 characters. */
const LONGEST_TRACE = 64;

/** Takes from a signal what is a bell. Anything else is left out: a handler that throws would stop the conversation. */
export function readBell(payload: unknown): Required<Omit<Bell, 'trace'>> & Pick<Bell, 'trace'> {
  const bell = isRecord(payload) ? payload : {};
  const { lanes, threads, trace } = bell;
  return {
    lanes: listOf(lanes).flatMap(laneOf),
    threads: listOf(threads).flatMap(threadOf),
    ...(isText(trace) && trace.length <= LONGEST_TRACE ? { trace } : {}),
  };
}

function laneOf(item: unknown): LaneBell[] {
  if (!isRecord(item)) return [];
  const { destination, system, label, windowMs, since } = item;
  if (!isText(destination) || !isSystem(system) || !isTime(windowMs) || !isTime(since)) return [];
  return [{ destination: toId<DestinationId>(destination), system, label: isText(label) ? label : system, windowMs, since }];
}

function threadOf(item: unknown): ThreadBell[] {
  if (!isRecord(item)) return [];
  const { thread, system, label } = item;
  if (!isText(thread) || !isSystem(system)) return [];
  return [{ thread: toId<ThreadId>(thread), system, label: isText(label) ? label : system }];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isSystem = (value: unknown): value is string => isText(value) && /^[a-z][a-z0-9-]{0,40}$/.test(value);
const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
