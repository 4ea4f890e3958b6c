import { z } from 'zod';
import type { DeviceChange } from '../../db/devices.ts';
import { clearable, flat, line, ownId, withoutNulls } from '../fields.ts';

/** In bytes of JSON. */
const MOST_INFO = 8_192;

const platform = z.string().regex(/^[a-z][\w:.-]{0,31}$/i, 'expected a platform such as web, ios or android');
const info = z.preprocess(
  withoutNulls,
  flat.refine((told) => Buffer.byteLength(JSON.stringify(told)) <= MOST_INFO, 'expected at most 8 KB as JSON'),
);

/** What can be told of a device. A token for push notifications is not kept: Deskbridge sends none. */
export const DeviceBody = z.object({
  platform: platform.exactOptional(),
  appVersion: clearable(line),
  info: info.exactOptional(),
}) satisfies z.ZodType<DeviceChange>;

/** A device in the call that begins a session. */
export const NamedDevice = DeviceBody.extend({ id: ownId, platform });
