import { keepAppUser } from '../../db/app-users.ts';
import { findApp } from '../../db/apps.ts';
import { keepDevice } from '../../db/devices.ts';
import type { Answer } from '../answer.ts';
import type { Credentials } from '../authenticate.ts';
import type { AppCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { parse } from '../parse.ts';
import { badRequest, forbidden, notFound } from '../problem.ts';
import type { Route } from '../route.ts';
import { NamedDevice } from './device-body.ts';
import { keepProfile } from './keep-profile.ts';
import { profileOf, UserChange } from './profile.ts';
import { showUser } from './show-user.ts';

/** The call by which clients of version 1 begin: who the app user is, who is made if need be, and what they write on. */
export const initRoutes = (deps: ApiDeps): readonly Route[] => [
  {
    method: 'post',
    path: '/init',
    open: ({ credentials }) => Promise.resolve((call) => init(deps, call, credentials)),
  },
];

const Init = UserChange.extend({ device: NamedDevice });

async function init(deps: ApiDeps, { app, body }: AppCall, credentials: Credentials): Promise<Answer> {
  const { device, ...user } = parse(Init, body);
  const userId = whoIs(user.userId, credentials);
  const found = await findApp(deps.db, app);
  if (found === undefined) throw notFound('there is no such app', 'app');
  const now = deps.clock.now();
  const profile = profileOf(user);
  const { id, isNew } = await keepAppUser(deps.db, { app, userId, profile, now });
  if (!isNew) await keepProfile(deps, id, profile);
  await keepDevice(deps.db, { user: id, id: device.id }, device, now);
  return {
    status: 200,
    body: { app: { _id: app, name: found.name, hasIcon: false, settings: {} }, appUser: await showUser(deps, app, id) },
  };
}

/** Whom the body names, or the token. */
function whoIs(named: string | undefined, credentials: Credentials): string {
  const own = credentials.scope === 'appUser' ? credentials.userId : undefined;
  if (own !== undefined && named !== undefined && named !== own)
    throw forbidden('userId: a token of appUser scope reaches its own user alone');
  const userId = named ?? own;
  if (userId === undefined) throw badRequest('userId: expected the app’s own name for its user, or a token of appUser scope');
  return userId;
}
