import type { Config } from '../config.ts';
import { openDb } from '../db/db.ts';
import type { Db } from '../db/db.ts';
import type { Log } from '../log.ts';
import { keysInUse, rotateKeys } from '../operations/rotate-keys.ts';
import { createVault } from '../secrets.ts';

/** Prints which key of `DESKBRIDGE_KEYS` has sealed how much, and whether it can be dropped. */
export const showKeys = (config: Config): Promise<void> =>
  withDb(config, async (db) => {
    const uses = await keysInUse(db);
    const listed = config.keys.map(({ id }) => id);
    const missing = [...new Set(uses.map(({ key }) => key))].filter((key) => !listed.includes(key));
    for (const [index, key] of [...listed, ...missing].entries()) {
      const of = uses.filter((use) => use.key === key).map(({ table, values }) => `${values} in ${table}`);
      const used = of.length === 0 ? 'nothing is sealed with it' : `seals ${of.join(', ')}`;
      const what = index === 0 ? 'seals what is new' : missing.includes(key) ? 'MISSING in DESKBRIDGE_KEYS' : adviceOn(of.length);
      process.stdout.write(`${key}: ${used}; ${what}\n`);
    }
    if (missing.length > 0)
      throw new Error(`what was sealed with ${missing.join(', ')} cannot be opened: put the key back into DESKBRIDGE_KEYS`);
  });

const adviceOn = (uses: number): string => (uses === 0 ? 'can be dropped' : 'is still needed: run rotate-keys');

/** Seals everything with the newest key. @throws when something was sealed with a key that is not there. */
export const rotate = (config: Config, log: Log): Promise<void> =>
  withDb(config, async (db) => {
    const vault = createVault(config.keys);
    const rotated = await rotateKeys(db, vault, {
      onRotated: ({ table, resealed, broken }) =>
        log.info({ table, resealed, broken: broken.length, key: vault.keyId }, 'sealed with the newest key'),
    });
    const broken = [...new Set(rotated.flatMap((table) => table.broken))];
    if (broken.length > 0) throw new Error(`not everything could be sealed with the newest key: ${broken.join('; ')}`);
  });

async function withDb(config: Config, work: (db: Db) => Promise<void>): Promise<void> {
  const db = openDb({ url: config.databaseUrl, connections: 2 });
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}
