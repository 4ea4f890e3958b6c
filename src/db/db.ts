import { Kysely, PostgresDialect, sql } from 'kysely';
import type { RawBuilder, Transaction } from 'kysely';
import pg from 'pg';
import { preparing } from './prepared.ts';
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
  surviveLosses(pool, (error) => options.onError?.(error));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
}

/**
 * A connection that the server ends must not end the process: its query fails, if one is under way, and the next one opens another.
 * @param onLost called once for each connection, whether it was in use or not.
 */
export function surviveLosses(pool: pg.Pool, onLost: (error: Error) => void): void {
  // The pool hears idle connections only. In a transaction, between two queries, nobody else would listen.
  pool.on('connect', (client) => {
    client.once('error', onLost);
    // The server's farewell is one error, that it is gone then another.
    client.on('error', () => undefined);
  });
  pool.on('error', () => undefined);
}

/** A value for a jsonb column: anything that JSON can carry. */
export const json = <T extends object | string | number | boolean | null>(value: T): RawBuilder<T> =>
  sql<T>`${JSON.stringify(value)}::jsonb`;

/** PostgreSQL's code for a violated unique constraint. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);
