import { createAppUser } from '../../db/app-users.ts';
import { readDevices } from '../../db/devices.ts';
import { wireAppUser } from '../../domain/wire.ts';
import type { Answer } from '../answer.ts';
import type { AppCall, UserCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { parse } from '../parse.ts';
import { badRequest, conflict } from '../problem.ts';
import { appRoute, userRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { keepProfile } from './keep-profile.ts';
import { NewUser, profileOf, UserChange } from './profile.ts';
import { showUser } from './show-user.ts';
import { toWireUser } from './wire-user.ts';

/** Making app users. */
export const newUserRoutes = (deps: ApiDeps): readonly Route[] => [
  appRoute('post', '/appusers', (call) => createUser(deps, call)),
];

/** Reading and changing an app user. They fit whatever stands below `appusers`, so they come last. */
export const userRoutes = (deps: ApiDeps): readonly Route[] => [
  userRoute('get', '', 'user', async ({ user }) => ({
    status: 200,
    body: { appUser: wireAppUser(toWireUser(user, await readDevices(deps.db, user.id))) },
  })),
  userRoute('put', '', 'user', (call) => changeUser(deps, call)),
];

async function createUser(deps: ApiDeps, call: AppCall): Promise<Answer> {
  const body = parse(NewUser, call.body);
  const { userId } = body;
  const id = await createAppUser(deps.db, { app: call.app, userId, profile: profileOf(body), now: deps.clock.now() });
  if (id === undefined) throw conflict('userId: expected one that no other app user has');
  return { status: 201, body: { appUser: await showUser(deps, call.app, id) } };
}

/** Adds to what is there: only what the body names changes, also inside `properties`. */
async function changeUser(deps: ApiDeps, call: UserCall): Promise<Answer> {
  const { user } = call;
  const body = parse(UserChange, call.body);
  if (body.userId !== undefined && body.userId !== user.user_id) {
    throw badRequest('userId: expected the one that the app user has: it cannot be changed');
  }
  await keepProfile(deps, user.id, profileOf(body));
  return { status: 200, body: { appUser: await showUser(deps, call.app, user.id) } };
}
