import { findAppUser } from '../db/app-users.ts';
import type { StoredUser } from '../db/app-users.ts';
import { findApp } from '../db/apps.ts';
import type { AppId } from '../domain/ids.ts';
import type { Credentials } from './authenticate.ts';
import type { ApiDeps } from './deps.ts';
import { forbidden, notFound } from './problem.ts';

/**
 * The app that a request is about: the one in its path, or the key's own.
 * @throws {Problem} 403 when the key is not good for it or names none, 404 when there is no such app.
 */
export async function authorizeApp(deps: ApiDeps, credentials: Credentials, named: string | undefined): Promise<AppId> {
  const own = credentials.scope === 'account' ? undefined : credentials.app;
  if (own !== undefined) {
    if (named === undefined || named === own) return own;
    throw forbidden('the key belongs to another app');
  }
  if (named === undefined) throw forbidden('a key of account scope must name the app: /apps/{appId}/…');
  const app = await findApp(deps.db, named);
  if (app === undefined) throw notFound('there is no such app', 'app');
  return app.id;
}

/** @throws {Problem} 403 for app users: what is asked for is the app's. */
export function refuseAppUsers({ scope }: Credentials): void {
  if (scope === 'appUser') throw forbidden('a token of appUser scope reaches its own user and conversation alone');
}

/**
 * The app user that a request is about, by `_id` or `userId`.
 * @throws {Problem} 403 when an app user's token names anybody else, whether there or not; 404 when there is no such user.
 */
export async function authorizeUser(
  deps: ApiDeps,
  credentials: Credentials,
  { app, name }: { readonly app: AppId; readonly name: string },
): Promise<StoredUser> {
  const user = await findAppUser(deps.db, app, name);
  if (credentials.scope === 'appUser' && credentials.userId !== (user === undefined ? name : user.user_id)) {
    throw forbidden('a token of appUser scope reaches its own user and conversation alone');
  }
  if (user === undefined) throw notFound('there is no such app user', 'user');
  return user;
}
