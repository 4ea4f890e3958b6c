import { ensureFirstAdministrator } from '../../db/console/administrators.ts';
import type { Wiring } from '../../wiring.ts';
import { hashPassword } from './password.ts';

/** Makes the administrator that the operator named, at the first start. Later the one there is, and their password, stay. */
export async function firstAdministrator({ config, db, ports, log }: Wiring): Promise<void> {
  if (config.administrator === undefined) return;
  const { email, password } = config.administrator;
  const isNew = await ensureFirstAdministrator(db, {
    email,
    password: await hashPassword(password),
    now: ports.clock.now(),
  });
  if (isNew) log.info('the first administrator of the console was made from ADMIN_EMAIL and ADMIN_PASSWORD');
}
