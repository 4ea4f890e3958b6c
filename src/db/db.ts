import { Kysely, PostgresDialect, sql } from 'kysely';
import type { RawBuilder, Transaction } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

/** A connection pool or a transaction on it. */
export type Db = Kysely<Schema>;
export type Tx = Transaction<Schema>;

const { INT8 } = pg.types.builtins;
const INT8_ARRAY = 1016;

/** Opens a pool. Every bigint is an epoch millisecond or a small count, so it comes as a number. */
export function openDb(options: {
  readonly url: string;
  readonly connections: number;
  readonly onError?: (error: Error) => void;
}): Db {
  const client = new pg.TypeOverrides();
  client.setTypeParser(INT8, Number);
  client.setTypeParser(INT8_ARRAY, (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number)));
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    types: client,
    application_name: 'deskbridge',
    connectionTimeoutMillis: 10_000,
  });
  // An idle connection that the server closes must not end the process; the next query opens another.
  pool.on('error', (error) => options.onError?.(error));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

/** A value for a jsonb column: anything that JSON can carry. */
export const json = <T extends object | string | number | boolean | null>(value: T): RawBuilder<T> =>
  sql<T>`${JSON.stringify(value)}::jsonb`;

/** PostgreSQL's code for a violated unique constraint. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);
