import { sealedFlashes } from '../console/sign-in/session.ts';
import { sealedSteps } from '../connect/connect-state.ts';
import { sealedSecrets } from '../db/accounts/accounts.ts';
import { sealedGrants } from '../db/accounts/grants.ts';
import { sealedKeys } from '../db/apps.ts';
import type { Db } from '../db/db.ts';
import { countSealed, readSealed, replaceSealed } from '../db/sealed.ts';
import type { SealedColumn } from '../db/sealed.ts';
import { SealBroken } from '../secrets.ts';
import type { Vault } from '../secrets.ts';

/** All that is sealed in the database. */
const SEALED: readonly SealedColumn[] = [sealedKeys, sealedSecrets, sealedGrants, sealedSteps, sealedFlashes];

/** Which key has sealed how much of what. */
export interface KeyUse {
  readonly key: string;
  readonly table: string;
  readonly values: number;
}

export async function keysInUse(db: Db): Promise<readonly KeyUse[]> {
  const uses = await Promise.all(
    SEALED.map(async (column) => (await countSealed(db, column)).map((use) => ({ ...use, table: column.table }))),
  );
  return uses.flat().toSorted((a, b) => a.key.localeCompare(b.key) || a.table.localeCompare(b.table));
}

export interface Rotated {
  readonly table: string;
  readonly resealed: number;
  /** Values that no key of ours opens, and why. They stay as they are. */
  readonly broken: readonly string[];
}

/**
 * Seals everything with the newest key. Safe at any time, beside everything else that runs: a value that changes meanwhile was
 * sealed anew by whoever changed it. After a kill it goes on where it was.
 * @param onRotated is told of each table when it is done.
 */
export async function rotateKeys(
  db: Db,
  vault: Vault,
  { atOnce = 100, onRotated }: { readonly atOnce?: number; readonly onRotated?: (rotated: Rotated) => void } = {},
): Promise<readonly Rotated[]> {
  const all: Rotated[] = [];
  for (const column of SEALED) {
    const rotated = await rotateColumn(db, vault, column, atOnce);
    onRotated?.(rotated);
    all.push(rotated);
  }
  return all;
}

async function rotateColumn(db: Db, vault: Vault, column: SealedColumn, limit: number): Promise<Rotated> {
  const broken: string[] = [];
  let resealed = 0;
  for (let after = ''; ;) {
    const values = await readSealed(db, column, { notBy: vault.keyId, after, limit });
    for (const value of values) {
      const opened = openOr(vault, value.sealed, column.purpose(value.id));
      if (typeof opened !== 'string') broken.push(opened.why);
      else if (await replaceSealed(db, column, value, vault.seal(opened, column.purpose(value.id)))) resealed += 1;
    }
    const last = values.at(-1);
    if (last === undefined) return { table: column.table, resealed, broken };
    after = last.id;
  }
}

function openOr(vault: Vault, sealed: string, purpose: string): string | { readonly why: string } {
  try {
    return vault.open(sealed, purpose);
  } catch (error) {
    if (error instanceof SealBroken) return { why: error.message };
    throw error;
  }
}
