import { sql } from 'kysely';
import type { Db } from './db.ts';

/** A column whose values are sealed. Who seals them says so, for whoever changes the key. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key. */
  readonly id: string;
  /** What a row's value is sealed for. */
  readonly purpose: (id: string) => string;
}

export interface SealedValue {
  readonly id: string;
  readonly sealed: string;
}

const keyOf = ({ column }: SealedColumn) => sql`split_part(${sql.ref(column)}, '.', 2)`;
const isSealed = ({ column }: SealedColumn) => sql`${sql.ref(column)} <> ''`;

/** Reads values that another key has sealed, in the order of their ids, from after an id on. */
export async function readSealed(
  db: Db,
  column: SealedColumn,
  wanted: { readonly notBy: string; readonly after: string; readonly limit: number },
): Promise<readonly SealedValue[]> {
  const { rows } = await sql<SealedValue>`
    select ${sql.ref(column.id)} as id, ${sql.ref(column.column)} as sealed from ${sql.table(column.table)}
    where ${isSealed(column)} and ${keyOf(column)} <> ${wanted.notBy} and ${sql.ref(column.id)} > ${wanted.after}
    order by 1 limit ${wanted.limit}`.execute(db);
  return rows;
}

/** Replaces a value, if it is still the one that was seen. @returns whether it was. */
export async function replaceSealed(db: Db, column: SealedColumn, seen: SealedValue, sealed: string): Promise<boolean> {
  const result = await sql`
    update ${sql.table(column.table)} set ${sql.ref(column.column)} = ${sealed}
    where ${sql.ref(column.id)} = ${seen.id} and ${sql.ref(column.column)} = ${seen.sealed}`.execute(db);
  return result.numAffectedRows === 1n;
}

/** How many values of a column each key has sealed. */
export async function countSealed(db: Db, column: SealedColumn): Promise<readonly { key: string; values: number }[]> {
  const { rows } = await sql<{ key: string; values: number }>`
    select ${keyOf(column)} as key, count(*) as values from ${sql.table(column.table)}
    where ${isSealed(column)} group by 1 order by 1`.execute(db);
  return rows;
}
