import { z } from 'zod';
import { keepDevice, readDevices, removeDevice } from '../../db/devices.ts';
import { wireDevices } from '../../domain/wire.ts';
import type { Answer } from '../answer.ts';
import type { UserCall } from '../call.ts';
import type { ApiDeps } from '../deps.ts';
import { ownId } from '../fields.ts';
import { parse } from '../parse.ts';
import { badRequest, notFound } from '../problem.ts';
import { userRoute } from '../route.ts';
import type { Route } from '../route.ts';
import { DeviceBody } from './device-body.ts';

/** What an app user writes on: told, changed and forgotten under the app's own name for it. */
export const deviceRoutes = (deps: ApiDeps): readonly Route[] => [
  userRoute('put', '/devices/:id', 'user', (call) => putDevice(deps, call)),
  userRoute('delete', '/devices/:id', 'user', async ({ user, id }) => {
    if (!(await removeDevice(deps.db, { user: user.id, id }))) throw notFound('there is no such device', 'device');
    return { status: 200, body: {} };
  }),
];

const Named = z.object({ deviceId: ownId });

async function putDevice(deps: ApiDeps, { user, id: name, body }: UserCall): Promise<Answer> {
  const { deviceId: id } = parse(Named, { deviceId: name });
  const change = parse(DeviceBody, body);
  if (!(await keepDevice(deps.db, { user: user.id, id }, change, deps.clock.now()))) {
    throw badRequest('platform: expected a platform such as web, ios or android: the device is new');
  }
  const device = wireDevices(await readDevices(deps.db, user.id)).find((one) => one['id'] === id);
  return { status: 200, body: { device } };
}
