import type { StoredUser } from '../db/app-users.ts';
import type { AppId } from '../domain/ids.ts';
import type { Credentials } from './authenticate.ts';

/** The version of the API that a path names. */
export type Version = 'v1' | 'v1.1';

/** A request that may be answered: who sends it is known, and that they may. */
export interface AppCall {
  readonly version: Version;
  readonly app: AppId;
  readonly scope: Credentials['scope'];
  /** As it came, save for what cannot be stored. An empty object where there was none. */
  readonly body: unknown;
  readonly query: unknown;
  /** The path's last part that names something: a webhook's id. */
  readonly id: string;
  /** Where the request was sent, without its query: links to further pages begin with it. */
  readonly url: string;
  header(name: string): string | undefined;
}

/** The same, about one app user. */
export interface UserCall extends AppCall {
  readonly user: StoredUser;
}
