import { createHash } from 'node:crypto';
import type { PostgresPool } from 'kysely';
import type pg from 'pg';

/** Statements with values whose number varies come in many lengths; a connection keeps only so many. */
const MOST = 500;

/**
 * A pool whose connections keep what PostgreSQL has parsed and planned of a statement: a round makes some fifty small ones, which
 * cost it more to parse and plan than to run. Statements that ask for all columns are left out: a migration that adds one would
 * fail them on every connection that has them.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const names = new Map<string, string>();
  const nameOf = (sql: string): string | undefined => {
    const known = names.get(sql);
    if (known !== undefined || sql.includes('*') || names.size >= MOST) return known;
    const name = createHash('sha256').update(sql).digest('base64url').slice(0, 24);
    names.set(sql, name);
    return name;
  };
  return { connect: async () => prepared(await pool.connect(), nameOf), end: () => pool.end(), options: pool.options };
}

function prepared(client: pg.PoolClient, nameOf: (sql: string) => string | undefined): pg.PoolClient {
  const query = (text: string, values: readonly unknown[]): Promise<pg.QueryResult> => {
    const name = values.length === 0 ? undefined : nameOf(text);
    return client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
  };
  const release = (destroy?: boolean): void => client.release(destroy);
  return new Proxy(client, {
    get: (target, property) => {
      if (property === 'query') return query;
      return property === 'release' ? release : Reflect.get(target, property);
    },
  });
}
