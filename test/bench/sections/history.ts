import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { conversationWorkflowId } from '../../../workflows/signals.ts';
import { round } from '../figures.ts';
import type { Ground } from '../ground.ts';
import { say, untilDelivered } from '../installation.ts';
import type { Installation, Speaker } from '../installation.ts';
import type { Figure, Section } from '../report.ts';
import type { Scale } from '../scale.ts';

const SIZES = [1, 5, 20] as const;
/** What Temporal Cloud bills, as far as it occurs here: starts, signals, timers, activities. */
const ACTIONS = new Set([
  'workflowExecutionStartedEventAttributes',
  'workflowExecutionSignaledEventAttributes',
  'timerStartedEventAttributes',
  'activityTaskScheduledEventAttributes',
  'upsertWorkflowSearchAttributesEventAttributes',
]);

/** What a message costs in Temporal, for batches of one, five and twenty messages that are spread over the window. */
export async function historySection(
  ground: Ground,
  { db }: Installation,
  speakers: readonly Speaker[],
  { windowMs }: Scale,
): Promise<Section> {
  const connection = await Connection.connect({ address: ground.temporalAddress });
  const { workflow } = new Client({ connection });
  const figures: Figure[] = [];
  for (const [index, size] of SIZES.entries()) {
    const speaker = speakers[index];
    if (speaker === undefined) throw new Error('nobody speaks');
    const events = async (): Promise<readonly object[]> =>
      (await workflow.getHandle(conversationWorkflowId(speaker.conversation)).fetchHistory()).events ?? [];
    const before = (await events()).length;
    for (let message = 0; message < size; message += 1) {
      await say(speaker, `message ${message + 1}`);
      if (message < size - 1) await sleep((windowMs * 0.8) / size);
    }
    await untilDelivered(db);
    await sleep(2_000);
    const after = (await events()).slice(before);
    const actions = after.filter((event) =>
      Object.entries(event).some(([name, value]) => ACTIONS.has(name) && value !== null),
    ).length;
    const target = size === 5 ? { target: { atMost: 0.6 } } : {};
    figures.push(
      {
        name: `history events a message, k = ${size}`,
        value: round(after.length / size),
        unit: '',
        note: `${after.length} a batch`,
      },
      {
        name: `Temporal actions a message, k = ${size}`,
        value: round(actions / size),
        unit: '',
        note: `${actions} a batch`,
        ...target,
      },
    );
  }
  await connection.close();
  return { title: 'Temporal', figures };
}
