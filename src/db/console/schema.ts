import type { GeneratedAlways } from 'kysely';
import type { AdministratorId, AppId, DestinationId } from '../../domain/ids.ts';

/** What the web console keeps. Times are epoch milliseconds. */
export interface ConsoleSchema {
  administrators: {
    id: AdministratorId;
    email: string;
    password: string;
    created_at: number;
    signed_in_at: number | null;
  };
  sign_in_links: { hash: string; created_by: string | null; created_at: number; expires_at: number };
  console_sessions: {
    hash: string;
    administrator_id: AdministratorId;
    created_at: number;
    expires_at: number;
    flash: string | null;
  };
  audit: { id: GeneratedAlways<number>; at: number; who: string; app_id: AppId | null; action: string; subject: string };
  retries: { destination_id: DestinationId; total: number; began_at: number };
}
