import { sql } from 'kysely';
import type { z } from 'zod';
import type { SandboxClock } from './clock.ts';
import { remember, type Remembering } from './remember.ts';
import { createStore, type Kind, type Store } from './store.ts';
import type { SandboxDb } from './tables.ts';

/** One account of a vendor, for reading. */
export interface Reading<State> {
  readonly account: string;
  readonly store: Store;
  readonly state: State;
  /** The sandbox clock when the transaction began, in epoch milliseconds. */
  readonly now: number;
}

/** One account of a vendor, locked. What happens here is committed as a whole. */
export interface Session<State> extends Reading<State> {
  update(change: Partial<State>): void;
  /** A number that no other document of any account of this vendor has; rising. */
  nextId(): number;
  /** Runs a part that is undone when it throws, while the rest of the transaction stands. */
  attempt<R>(work: () => Promise<R>): Promise<R>;
}

/** The accounts of one vendor: their documents, and the lock that makes their writes happen one after another. */
export interface Accounts<State> {
  /** Makes an account; does nothing if it exists. */
  create(name: string, state: State): Promise<void>;
  names(): Promise<readonly string[]>;
  /** @throws {UnknownAccount} */
  write<R>(name: string, work: (session: Session<State>) => Promise<R>): Promise<R>;
  /** @throws {UnknownAccount} */
  read<R>(name: string, work: (reading: Reading<State>) => Promise<R>): Promise<R>;
  /** The documents of an account as they are committed, whether or not there is such an account. */
  documents(name: string): Store;
  /** Documents of a kind, of all accounts, whose position is at most `until`, lowest first. */
  due<T>(kind: Kind<T>, until: number): Promise<Due<T>>;
}

/** There is no such account in the sandbox. */
export class UnknownAccount extends Error {
  override readonly name = 'UnknownAccount';
}

export interface AccountsDeps<State> {
  readonly db: SandboxDb;
  readonly vendor: string;
  readonly clock: SandboxClock;
  readonly state: z.ZodType<State>;
}

const FIRST_ID = 20_000_000_000_000;
const IDS_PER_ACCOUNT = 1_000_000_000;

export function createAccounts<State>(deps: AccountsDeps<State>): Accounts<State> {
  const { db, vendor, clock } = deps;
  return {
    async create(name, state) {
      await db
        .insertInto('sandbox_accounts')
        .values({ vendor, name, state: JSON.stringify(state), next_id: 0 })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await sql`update sandbox_accounts set next_id = ${FIRST_ID} + ordinal::bigint * ${IDS_PER_ACCOUNT}
        where vendor = ${vendor} and name = ${name} and next_id = 0`.execute(db);
    },
    async names() {
      const rows = await db
        .selectFrom('sandbox_accounts')
        .select('name')
        .where('vendor', '=', vendor)
        .orderBy('ordinal')
        .execute();
      return rows.map((row) => row.name);
    },
    write: (name, work) => db.transaction().execute((trx) => write(deps, trx, name, work)),
    async read(name, work) {
      const row = await accountRow(db, vendor, name).executeTakeFirst();
      if (!row) throw new UnknownAccount(`no such account in the sandbox [vendor=${vendor}, account=${name}]`);
      const store = createStore(db, { vendor, account: name });
      return work({ account: name, store, state: deps.state.parse(row.state), now: clock.now() });
    },
    documents: (name) => createStore(db, { vendor, account: name }),
    due: (kind, until) => due(deps, kind, until),
  };
}

type Due<T> = readonly { readonly account: string; readonly doc: T }[];

async function due<T>(
  { db, vendor }: { readonly db: SandboxDb; readonly vendor: string },
  kind: Kind<T>,
  until: number,
): Promise<Due<T>> {
  const rows = await db
    .selectFrom('sandbox_documents')
    .select(['account', 'doc'])
    .where('vendor', '=', vendor)
    .where('kind', '=', kind.name)
    .where('position', '<=', String(until))
    .orderBy('position')
    .limit(100)
    .execute();
  return rows.map((row) => ({ account: row.account, doc: kind.schema.parse(row.doc) }));
}

const accountRow = (db: SandboxDb, vendor: string, name: string) =>
  db.selectFrom('sandbox_accounts').select(['state', 'next_id']).where('vendor', '=', vendor).where('name', '=', name);

async function write<State, R>(
  deps: AccountsDeps<State>,
  trx: SandboxDb,
  name: string,
  work: (session: Session<State>) => Promise<R>,
): Promise<R> {
  const row = await accountRow(trx, deps.vendor, name).forUpdate().executeTakeFirst();
  if (!row) throw new UnknownAccount(`no such account in the sandbox [vendor=${deps.vendor}, account=${name}]`);
  const before = { state: deps.state.parse(row.state), nextId: Number(row.next_id) };
  const cell = { value: before };
  const memory = remember(createStore(trx, { vendor: deps.vendor, account: name }));
  const result = await work(openSession(cell, trx, { account: name, memory, now: deps.clock.now() }));
  if (cell.value !== before) {
    await trx
      .updateTable('sandbox_accounts')
      .set({ state: JSON.stringify(cell.value.state), next_id: cell.value.nextId })
      .where('vendor', '=', deps.vendor)
      .where('name', '=', name)
      .execute();
  }
  return result;
}

interface Cell<State> {
  value: { readonly state: State; readonly nextId: number };
}

function openSession<State>(
  cell: Cell<State>,
  trx: SandboxDb,
  { account, memory, now }: Pick<Session<State>, 'account' | 'now'> & { readonly memory: Remembering },
): Session<State> {
  return {
    account,
    store: memory.store,
    now,
    get state() {
      return cell.value.state;
    },
    update: (change) => {
      cell.value = { ...cell.value, state: { ...cell.value.state, ...change } };
    },
    nextId: () => {
      cell.value = { ...cell.value, nextId: cell.value.nextId + 1 };
      return cell.value.nextId;
    },
    async attempt(part) {
      const kept = cell.value;
      await sql`savepoint attempt`.execute(trx);
      try {
        return await part();
      } catch (error) {
        cell.value = kept;
        memory.forget();
        await sql`rollback to savepoint attempt`.execute(trx);
        throw error;
      }
    },
  };
}
