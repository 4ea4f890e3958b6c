import type { AccountCall } from './account-call.ts';
import { withAccount } from './api.ts';
import type { Attempt } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Api, BusinessSystem, Collected, MovedThread } from './business-system.ts';
import type { CollectInput, CollectResult } from './contract.ts';
import { sentEffect } from './round.ts';
import type { Ports } from './ports.ts';
import { AccountRests, CredentialsRevoked, DestinationGone, RateLimited, SystemError, ThreadGone } from './system-error.ts';
import type { AcceptCollected, AcceptedReplies, OpenThread, PostponedThread } from './thread-store.ts';
import { TurnLater } from './turns.ts';
import { seqRanges } from '../src/domain/seq-ranges.ts';

interface Fetching {
  readonly ports: Ports;
  readonly system: BusinessSystem;
  readonly attempt: Attempt;
  readonly open: OpenThread;
}

/**
 * Fetches what agents wrote in a thread and takes it in.
 *
 * A webhook is only a hint; this is where the truth comes from. Safe to repeat: each reply is taken once by its remote id.
 */
export async function collect(
  ports: Ports,
  system: BusinessSystem,
  input: CollectInput,
  attempt: Attempt,
): Promise<CollectResult> {
  const open = await ports.threads.open(input.thread);
  if (open === undefined || system.collect === undefined) return nothing('there is no such thread');
  if (open.state === 'gone' || open.state === 'diverted') return nothing(`${open.label} no longer belongs to this conversation`);
  if (open.isParked) return nothing(`${open.label} is fetched when the destination is repaired`);
  if (open.wait !== undefined && open.wait.until > ports.clock.now()) return { ...nothing('still waiting'), ...open.wait };
  const fetching: Fetching = { ports, system, attempt, open };
  try {
    if (!(await settleSent(fetching))) return nothing('a write of ours is undecided; its settling fetches');
    return await fetchAndAccept(fetching);
  } catch (error) {
    return await giveWay(fetching, error);
  }
}

/** What we wrote ourselves must be known before it is met among the thread's messages. */
async function settleSent({ ports, system, attempt, open }: Fetching): Promise<boolean> {
  for (const effect of open.sent) {
    const found = await withAccount(callOf({ ports, system, attempt, open }), (api) => system.find(sentEffect(effect), api));
    if (found === undefined) return false;
    await ports.rounds.finish({ effect: effect.id, ref: found, now: ports.clock.now() });
  }
  return true;
}

async function fetchAndAccept(fetching: Fetching): Promise<CollectResult> {
  const { ports, system, open } = fetching;
  const thread = { remoteId: open.remoteId, cursor: open.cursor, data: open.data, settings: open.integrationSettings };
  const fetched = await withAccount(callOf(fetching), async (api) => {
    const collected = await system.collect?.(thread, api);
    return collected === undefined ? undefined : { collected, ...(await whereabouts(fetching, collected, api)) };
  });
  if (fetched === undefined) return nothing('nothing to fetch');
  const { collected, isOurs, movedTo, person, state } = fetched;
  const accepted = await ports.threads.accept({
    thread: open.thread,
    items: isOurs ? collected.items : [],
    skipped: isOurs ? (collected.skipped ?? []) : [],
    cursor: collected.cursor,
    dirty: open.dirty,
    state,
    movedTo,
    person,
    writes: collected.writes,
    data: collected.data ?? {},
    version: collected.version,
    now: ports.clock.now(),
  });
  if (accepted.undecided) return nothing('a write of ours is undecided; its settling fetches');
  return { summary: summarise(open, accepted, { state, movedTo }), behind: accepted.behind };
}

/** What became of the thread and of whom it talks to. */
interface Whereabouts {
  /** Whether what stands in the thread is for our app user. */
  readonly isOurs: boolean;
  readonly state: AcceptCollected['state'];
  readonly movedTo: MovedThread | undefined;
  readonly person: string | undefined;
}

async function whereabouts({ system, open }: Fetching, collected: Collected, api: Api): Promise<Whereabouts> {
  const { remoteId, data } = open;
  const hasJustClosed = collected.state === 'closed' && open.state === 'open';
  const successor = hasJustClosed ? await system.successor?.({ remoteId, data }, api) : undefined;
  let person = open.person;
  if (collected.addressee !== undefined && person !== undefined && collected.addressee !== person)
    person = (await system.personNow?.({ person, thread: remoteId }, api)) ?? person;
  const isOurs = collected.addressee === undefined || collected.addressee === person;
  const isFollowed = successor !== undefined && successor.addressee === person;
  const isDiverted = !isOurs || (successor !== undefined && !isFollowed);
  return {
    isOurs,
    state: isDiverted ? 'diverted' : collected.state,
    movedTo: isOurs && isFollowed ? successor : undefined,
    person: person === open.person ? undefined : person,
  };
}

/** "ticket 4711 → messages 12–13". */
function summarise(open: OpenThread, accepted: AcceptedReplies, now: Pick<Whereabouts, 'state' | 'movedTo'>): string {
  const { seqs, skipped } = accepted;
  const taken = seqs.length === 0 ? [] : [`${seqs.length === 1 ? 'message' : 'messages'} ${seqRanges(seqs)}`];
  const left = skipped.map(({ remoteId, reason }) => `${remoteId} skipped: ${reason}`);
  const moved = now.movedTo === undefined ? [] : [`merged into ${now.movedTo.label}, where it goes on`];
  const diverted = now.state === 'diverted' ? ['now belongs to another person; nothing more is relayed from it'] : [];
  const all = [...taken, ...left, ...moved, ...diverted];
  return `${open.label} → ${all.length === 0 ? 'nothing new' : all.join('; ')}`;
}

/** The thread stays dirty whatever happens; what is known about when to try again is written down. */
async function giveWay(fetching: Fetching, error: unknown): Promise<CollectResult> {
  const { ports, open, attempt, system } = fetching;
  const now = ports.clock.now();
  if (error instanceof TurnLater) return await postpone(fetching, { until: error.slot.at, why: error.why, slot: error.slot });
  if (error instanceof AccountRests) return await postpone(fetching, { until: error.until, why: { kind: 'resting' } });
  if (error instanceof RateLimited) {
    if (error.scope !== 'thread') await ports.limits.pause(open.account.id, error.scope, error.until);
    const of = error.scope === 'thread' ? `this ${system.facts.threadWord}` : 'the account';
    return await postpone(fetching, { until: error.until, why: { kind: 'rateLimited', of } });
  }
  if (error instanceof ThreadGone) {
    await ports.threads.markGone(open.thread);
    return nothing(`${open.label} was deleted`);
  }
  if (error instanceof CredentialsRevoked || error instanceof DestinationGone) {
    await ports.accounts.park([{ destination: open.destination, generation: open.generation }], error.message, now);
    return nothing(`parked: ${error.message}`);
  }
  if (!attempt.isLast) throw error;
  const since = open.failingSince ?? now;
  const said = error instanceof SystemError ? error.message : `${system.facts.label}: a fault in Deskbridge, see its log`;
  const kind = error instanceof SystemError ? 'unavailable' : 'failed';
  return await postpone(fetching, { until: now + backoffMs(open.failures), why: { kind, said, since }, failed: true });
}

async function postpone({ ports, open }: Fetching, wait: Omit<PostponedThread, 'thread' | 'now'>): Promise<CollectResult> {
  await ports.threads.postpone({ thread: open.thread, now: ports.clock.now(), ...wait });
  return { summary: `${open.label} is fetched later`, behind: [], until: wait.until, why: wait.why };
}

const nothing = (summary: string): CollectResult => ({ summary, behind: [] });

const callOf = ({ ports, system, attempt, open }: Fetching): AccountCall => ({
  ports,
  system,
  attempt,
  account: open.account,
  held: open.slot,
});
