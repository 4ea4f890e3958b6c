import type { z } from 'zod';
import type { SandboxDb } from './tables.ts';

/** One kind of document: its schema, and what it is found and ordered by. */
export interface Kind<T> {
  readonly name: string;
  readonly schema: z.ZodType<T>;
  readonly id: (doc: T) => string | number;
  /** What it is listed under, such as the ticket of a comment. */
  readonly group?: (doc: T) => string | number;
  /** A second name that `byLookup` finds it by; not unique. */
  readonly lookup?: (doc: T) => string | null;
  /** Its place in lists. A whole number. */
  readonly position: (doc: T) => number;
}

export interface ListQuery {
  readonly group?: string | number;
  /** Only positions above. */
  readonly after?: number;
  /** Only positions below. */
  readonly before?: number;
  readonly limit?: number;
  readonly descending?: boolean;
}

/** The documents of one account, seen from inside a transaction. */
export interface Store {
  get<T>(kind: Kind<T>, id: string | number): Promise<T | undefined>;
  /** In the order of the ids; those that do not exist are left out. */
  getMany<T>(kind: Kind<T>, ids: readonly (string | number)[]): Promise<readonly T[]>;
  /** In the order of their positions. */
  byLookup<T>(kind: Kind<T>, lookup: string): Promise<readonly T[]>;
  list<T>(kind: Kind<T>, query?: ListQuery): Promise<readonly T[]>;
  /** Inserts or replaces. */
  put<T>(kind: Kind<T>, doc: NoInfer<T>): Promise<void>;
  remove<T>(kind: Kind<T>, id: string | number): Promise<void>;
  bytes(id: string): Promise<Buffer | undefined>;
  putBytes(id: string, bytes: Buffer): Promise<void>;
}

export interface Scope {
  readonly vendor: string;
  readonly account: string;
}

/** The store of one account; `db` is a transaction, or the pool for reading only. */
export function createStore(db: SandboxDb, scope: Scope): Store {
  const documents = (kind: { readonly name: string }) =>
    db
      .selectFrom('sandbox_documents')
      .select('doc')
      .where('vendor', '=', scope.vendor)
      .where('account', '=', scope.account)
      .where('kind', '=', kind.name);

  return {
    async get(kind, id) {
      const row = await documents(kind).where('id', '=', String(id)).executeTakeFirst();
      return row && kind.schema.parse(row.doc);
    },
    async getMany(kind, ids) {
      if (ids.length === 0) return [];
      const rows = await documents(kind).select('id').where('id', 'in', ids.map(String)).execute();
      const byId = new Map(rows.map((row) => [row.id, row.doc]));
      return ids.flatMap((id) => (byId.has(String(id)) ? [kind.schema.parse(byId.get(String(id)))] : []));
    },
    async byLookup(kind, lookup) {
      const rows = await documents(kind).where('lookup', '=', lookup).orderBy('position').execute();
      return rows.map((row) => kind.schema.parse(row.doc));
    },
    async list(kind, query = {}) {
      const direction = query.descending ? 'desc' : 'asc';
      let select = documents(kind).orderBy('position', direction).orderBy('id', direction);
      if (query.group !== undefined) select = select.where('in_group', '=', String(query.group));
      if (query.after !== undefined) select = select.where('position', '>', String(query.after));
      if (query.before !== undefined) select = select.where('position', '<', String(query.before));
      if (query.limit !== undefined) select = select.limit(query.limit);
      return (await select.execute()).map((row) => kind.schema.parse(row.doc));
    },
    ...writing(db, scope),
  };
}

type Writing = Pick<Store, 'put' | 'remove' | 'bytes' | 'putBytes'>;

function writing(db: SandboxDb, scope: Scope): Writing {
  return {
    async put(kind, doc) {
      const row = {
        in_group: String(kind.group?.(doc) ?? ''),
        lookup: kind.lookup?.(doc) ?? null,
        position: kind.position(doc),
        doc: JSON.stringify(doc),
      };
      await db
        .insertInto('sandbox_documents')
        .values({ ...scope, kind: kind.name, id: String(kind.id(doc)), ...row })
        .onConflict((conflict) => conflict.columns(['vendor', 'account', 'kind', 'id']).doUpdateSet(row))
        .execute();
    },
    async remove(kind, id) {
      const row = { ...scope, kind: kind.name, id: String(id) };
      await db
        .deleteFrom('sandbox_documents')
        .where((eb) => eb.and(row))
        .execute();
    },
    async bytes(id) {
      const row = await db
        .selectFrom('sandbox_bytes')
        .select('bytes')
        .where((eb) => eb.and({ ...scope, id }))
        .executeTakeFirst();
      return row?.bytes;
    },
    async putBytes(id, bytes) {
      await db
        .insertInto('sandbox_bytes')
        .values({ ...scope, id, bytes })
        .execute();
    },
  };
}
