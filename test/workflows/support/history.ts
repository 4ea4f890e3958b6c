import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { expect } from 'vitest';

const { EventType } = proto.temporal.api.enums.v1;
const { History: HistoryMessage } = proto.temporal.api.history.v1;

/** What something follows upon. */
const UNDER_WAY = /(WORKFLOW_TASK_(SCHEDULED|STARTED)|SIGNALED|TIMER_FIRED|ACTIVITY_TASK_\w+)$/;

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** The history of a run that has nothing left to do. */
export async function historyAtRest(handle: WorkflowHandle): Promise<History> {
  let history = await handle.fetchHistory();
  const last = async (): Promise<string> => {
    history = await handle.fetchHistory();
    return nameOf(history.events?.at(-1));
  };
  await expect.poll(last).not.toMatch(UNDER_WAY);
  return history;
}

/** The names of a run's events from its last signal on (all where none came), without what they all begin with. */
export function eventsFromLastSignal({ events }: History): readonly string[] {
  const names = (events ?? []).map((event) => nameOf(event).replace('EVENT_TYPE_', ''));
  return names.slice(Math.max(0, names.lastIndexOf('WORKFLOW_EXECUTION_SIGNALED')));
}

/** What people read on each timer and activity; `undefined` where there is nothing to read. */
export const summaries = ({ events }: History): readonly (string | undefined)[] =>
  (events ?? [])
    .filter((event) => event.timerStartedEventAttributes ?? event.activityTaskScheduledEventAttributes)
    .map(({ userMetadata }) => userMetadata?.summary ?? undefined)
    .map((summary) => (summary === undefined ? undefined : defaultPayloadConverter.fromPayload<string>(summary)));

/** The workflow that a run is of: `conversation`, `account`. */
export const kindOf = ({ events }: History): string | undefined =>
  events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? undefined;

/** The patches that a run passed through. */
export const patchesOf = ({ events }: History): readonly string[] =>
  (events ?? [])
    .flatMap(({ markerRecordedEventAttributes: marker }) => marker?.details?.['patch-data']?.payloads ?? [])
    .map((payload) => defaultPayloadConverter.fromPayload<{ readonly id: string }>(payload).id);

/** A history as it is kept: names instead of numbers, and of whoever worked on it only that somebody did. */
export function toText(history: History): string {
  const plain = HistoryMessage.toObject(HistoryMessage.fromObject(history), { enums: String, longs: String, bytes: String });
  return JSON.stringify(plain, (key, value: unknown) => (key === 'identity' ? 'somebody' : value), 2);
}

/** Reads what `toText` wrote. */
export const fromText = (text: string): History => HistoryMessage.fromObject(JSON.parse(text));

const nameOf = (event: HistoryEvent | undefined): string => EventType[event?.eventType ?? 0] ?? '';
