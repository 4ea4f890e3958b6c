import { budgetsOf } from './account-call.ts';
import type { Attempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { PlannedEffect, RemoteRef } from './batch.ts';
import type { BusinessSystem } from './business-system.ts';
import type { RoundInput, RoundResult } from './contract.ts';
import { advance } from './effect.ts';
import { afterMishap } from './mishap.ts';
import { contextOf } from './plan-context.ts';
import type { Ports } from './ports.ts';
import { previewOf } from './preview.ts';
import { AGAIN, end } from './round.ts';
import type { Ending, Round, Step } from './round.ts';
import type { OpenBatch, StoredEffect } from './round-store.ts';
import { SystemError } from './system-error.ts';

/** More steps than any sound round needs: a plan that never ends is a fault, not a loop. */
const MAX_STEPS = 1_000;

/**
 * Runs one round of one lane: freezes a batch, or continues the open one, walks its effects, settles.
 *
 * Safe to run again from the start after a kill at any instruction, and safe against another attempt running beside it: every
 * write is claimed in PostgreSQL before it is made, and looked up before it is repeated.
 */
export async function deliver(ports: Ports, system: BusinessSystem, input: RoundInput, attempt: Attempt): Promise<RoundResult> {
  const { batchLimit: limit, threads } = system.facts;
  let round: Round | undefined;
  try {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const opened = await ports.rounds.open({ ...input, now: ports.clock.now(), limit, threads });
      if (opened.kind === 'ended') return opened.result;
      const { open } = opened;
      round = { ports, system, attempt, open, refs: refsOf(open.effects), slot: open.slot ?? round?.slot };
      round = open.isPlanned ? round : await plan(round);
      const walked = await walk(round);
      if (walked.kind === 'end') return await close(round, walked.ending);
    }
    throw new Error(`deliver: the round does not come to an end [round=${input.round}]`);
  } catch (error) {
    if (!attempt.isLast || round === undefined) throw error;
    return await closeFailed(round, error);
  }
}

/** Plans what the batch needs. @returns the round with its plan, or as it was: somebody else has planned the batch. */
async function plan(round: Round): Promise<Round> {
  const { open, system, ports } = round;
  const planned = open.batch.messages.length === 0 ? [] : system.plan(open.batch, contextOf(round));
  refuseForgotten(open, planned);
  const effects = await ports.rounds.savePlan(open.batch.id, planned);
  return effects === undefined ? round : { ...round, open: { ...open, isPlanned: true, effects }, refs: refsOf(effects) };
}

/** A plan that leaves out a message would settle it undelivered. News may be told already. */
function refuseForgotten({ batch, effects }: OpenBatch, planned: readonly PlannedEffect[]): void {
  if (batch.role === 'profile') return;
  const carried = new Set([...effects, ...planned].flatMap(({ seqs }) => seqs));
  const forgotten = [...batch.prelude, ...batch.messages].filter(({ seq }) => !carried.has(seq));
  if (forgotten.length === 0) return;
  throw new Error(`plan: no effect carries message ${forgotten.map(({ seq }) => seq).join(', ')} [batch=${batch.id}]`);
}

async function walk(round: Round): Promise<Step> {
  const { open } = round;
  if (!open.isPlanned) return AGAIN;
  for (const effect of open.effects) {
    if (effect.state === 'done') continue;
    const step = await advance(round, effect).catch((error: unknown) => afterMishap(round, effect, error));
    if (step.kind !== 'next') return step;
  }
  return end({});
}

async function close(round: Round, ending: Ending): Promise<RoundResult> {
  const { ports, system, open } = round;
  const limit = budgetsOf({ system, ports, account: open.account }).thread;
  const live = [...round.refs.values()].findLast((ref) => ref.budget !== undefined)?.budget;
  const closed = await ports.rounds.close({
    ...ending,
    batch: open.batch.id,
    conversation: open.conversation,
    generation: open.generation,
    now: ports.clock.now(),
    preview: ports.settings.preview ? previewOf(open.batch.messages) : undefined,
    ...(limit === undefined
      ? {}
      : {
          budget: {
            ...limit,
            windowMs: system.facts.windowMs,
            of: `this ${system.facts.threadWord}`,
            ...(live === undefined ? {} : { live }),
          },
        }),
  });
  return closed.result;
}

/** The last attempt writes down what the next round must know: that this one failed, why, and how long to leave it. */
async function closeFailed(round: Round, error: unknown): Promise<RoundResult> {
  const { ports, open, system } = round;
  const now = ports.clock.now();
  const since = open.failingSince ?? now;
  const said = error instanceof SystemError ? error.message : `${system.facts.label}: a fault in Deskbridge, see its log`;
  const why = { kind: error instanceof SystemError ? 'unavailable' : 'failed', said, since } as const;
  return await close(round, { wait: { until: now + backoffMs(open.failures), why }, failed: true });
}

function refsOf(effects: readonly StoredEffect[]): Map<string, RemoteRef> {
  return new Map(effects.flatMap((effect) => (effect.ref === undefined ? [] : [[effect.key, effect.ref] as const])));
}
