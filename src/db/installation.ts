import { randomBytes } from 'node:crypto';
import type { Db } from './db.ts';

/**
 * The name of this installation on vendor accounts that others share: 12 hexadecimal characters, made once and kept.
 * Processes that ask for the first time at the same moment get the same answer.
 */
export async function installationId(db: Db): Promise<string> {
  await db
    .insertInto('installation')
    .values({ id: randomBytes(6).toString('hex') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await db.selectFrom('installation').select('id').executeTakeFirstOrThrow();
  return id;
}
