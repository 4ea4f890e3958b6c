import { noteDeed } from '../db/console/audit.ts';
import type { AppId } from '../domain/ids.ts';
import type { AppVisit, Visit } from './visit.ts';

/** Writes into the audit log that the visitor did something. Neither a secret nor what people wrote. */
export async function note(visit: Visit | AppVisit, action: string, subject: string, about?: AppId): Promise<void> {
  const { deps, session } = visit;
  const app = 'app' in visit ? visit.app.id : about;
  await noteDeed(deps.db, {
    at: deps.clock.now(),
    who: session.email,
    action,
    subject,
    ...(app !== undefined && { app }),
  });
}
