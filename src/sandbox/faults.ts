import { z } from 'zod';
import type { Session } from './accounts.ts';
import { fitsPattern } from './routes.ts';
import type { Kind, Store } from './store.ts';

const common = {
  /** Which requests, or which outgoing calls. Patterns as in `fitsPattern`; absent: all. */
  method: z.string().optional(),
  path: z.string().optional(),
  /** How often it fires before it is used up. */
  times: z.number().int().positive().default(1),
  /** How many matches it lets pass first. */
  skip: z.number().int().nonnegative().default(0),
};
const ms = z.number().nonnegative();

/** Trouble with a request that arrives. */
const requestFault = z.discriminatedUnion('kind', [
  /** Answers at once; nothing happens. */
  z.object({
    ...common,
    kind: z.literal('status'),
    status: z.number().int().min(100).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    /** A string is sent as it is, anything else as JSON. */
    body: z.unknown().optional(),
  }),
  /** Waits, then does what was asked. Real milliseconds, as the caller's time-out is real. */
  z.object({ ...common, kind: z.literal('slow'), ms }),
  /** Never answers, and does nothing. */
  z.object({ ...common, kind: z.literal('hang') }),
  /** Does what was asked, commits it, and drops the connection without an answer. */
  z.object({ ...common, kind: z.literal('lostAnswer') }),
  /** Commits only after `ms`, without an answer: the connection is dropped at once, or held open until then. */
  z.object({ ...common, kind: z.literal('lateCommit'), ms, connection: z.enum(['drop', 'hold']).default('drop') }),
]);

/** Trouble with a call that the vendor makes, such as a webhook; `path` is matched against the path of its address. */
const outgoingFault = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('lost') }),
  z.object({ ...common, kind: z.literal('duplicate') }),
  /** Later than what is sent after it: a reordering. Sandbox milliseconds. */
  z.object({ ...common, kind: z.literal('delay'), ms }),
]);

/** What a script of faults is made of. */
export const faultScript = z.union([requestFault, outgoingFault]);
export type FaultScript = z.input<typeof faultScript>;
export type RequestFault = z.output<typeof requestFault>;
export type OutgoingFault = z.output<typeof outgoingFault>;

const rowSchema = z.object({
  id: z.number(),
  on: z.enum(['request', 'outgoing']),
  script: faultScript,
  /** How many requests fitted, fired or let pass. */
  matched: z.number(),
  /** How often it fired. A test of a fault should fail when this is 0. */
  fired: z.number(),
});
export type FaultRow = z.infer<typeof rowSchema>;

const faults: Kind<FaultRow> = {
  name: 'fault',
  schema: rowSchema,
  id: (row) => row.id,
  position: (row) => row.id,
  group: (row) => row.on,
};

const OUTGOING: ReadonlySet<string> = new Set(['lost', 'duplicate', 'delay']);

export async function addFault<S>(session: Session<S>, input: FaultScript): Promise<FaultRow> {
  const script = faultScript.parse(input);
  const on = OUTGOING.has(script.kind) ? 'outgoing' : 'request';
  const row: FaultRow = { id: session.nextId(), on, script, matched: 0, fired: 0 };
  await session.store.put(faults, row);
  return row;
}

/** All faults, the used-up ones as well, in the order in which they are tried. */
export const listFaults = (store: Store): Promise<readonly FaultRow[]> => store.list(faults);

/** Removes one fault, or all. */
export async function clearFaults(store: Store, id?: number): Promise<void> {
  for (const row of await store.list(faults)) if (id === undefined || row.id === id) await store.remove(faults, row.id);
}

export interface Target {
  readonly on: 'request' | 'outgoing';
  readonly method: string;
  readonly path: string;
}

/** Whether any fault might fire: spares the lock where there is none. */
export async function hasFault(store: Store, target: Target): Promise<boolean> {
  return (await store.list(faults, { group: target.on })).some((row) => isLive(row) && fits(row, target));
}

/** The fault that fires now, counted. */
export async function takeFault(store: Store, target: Target): Promise<FaultRow['script'] | undefined> {
  for (const row of await store.list(faults, { group: target.on })) {
    if (!isLive(row) || !fits(row, target)) continue;
    const fires = row.matched >= row.script.skip;
    await store.put(faults, { ...row, matched: row.matched + 1, fired: row.fired + (fires ? 1 : 0) });
    if (fires) return row.script;
  }
  return undefined;
}

const isLive = (row: FaultRow): boolean => row.fired < row.script.times;

function fits(row: FaultRow, target: Target): boolean {
  const { method, path } = row.script;
  return (
    (method === undefined || method.toUpperCase() === target.method) && (path === undefined || fitsPattern(path, target.path))
  );
}
