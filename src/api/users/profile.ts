import { z } from 'zod';
import type { Profile } from '../../db/app-users.ts';
import { clearable, email, flatChange, line, webUrl } from '../fields.ts';

const UserId = z
  .string()
  .min(1, 'expected at least one character')
  .refine((text) => Buffer.byteLength(text) <= 1_024, 'expected at most 1,024 bytes in UTF-8');

/** ISO 8601, or whatever else is a date to JavaScript: clients send what `Date` prints. */
const date = z.string().transform((text, context) => {
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  context.addIssue({ code: 'custom', message: 'expected a date such as 2026-11-23T13:10:05.000Z' });
  return z.NEVER;
});

/** What can be set of an app user. */
const profile = {
  givenName: clearable(line),
  surname: clearable(line),
  email: clearable(email),
  avatarUrl: clearable(webUrl),
  signedUpAt: clearable(date),
  properties: flatChange.nullable().exactOptional(),
};

export const NewUser = z.object({ userId: UserId, ...profile });
export const UserChange = z.object({ userId: UserId.exactOptional(), ...profile });

/** The profile alone, without the name that the app gives its user. */
export function profileOf({ userId: _, ...rest }: z.output<typeof UserChange>): Profile {
  return rest;
}
