import { createHash } from 'node:crypto';
import type { AppUserProfile } from '../batch.ts';
import { describeDevice, pageOf } from '../device-words.ts';
import type { Device } from '../../src/domain/device.ts';
import type { Json } from '../../src/domain/json.ts';
import { literal, literalName, oneLine } from './text.ts';

/** So many properties are shown, and so much of each. */
const MAX_PROPERTIES = 40;
const MAX_VALUE = 300;

type User = Pick<AppUserProfile, 'givenName' | 'surname' | 'email' | 'userId' | 'properties' | 'signedUpAt' | 'id' | 'devices'>;

/** How agents call an app user. Never empty. */
export function nameOf({ givenName, surname, userId, id }: Pick<User, 'givenName' | 'surname' | 'userId' | 'id'>): string {
  const name = oneLine([givenName, surname].filter((part) => part !== undefined).join(' '), 80);
  if (name !== '') return name;
  const own = oneLine(userId ?? '', 80);
  return own === '' ? `Visitor ${id.slice(-4)}` : own;
}

/** What is known of an app user, each with a title; as plain words. */
export function profileFields(user: User, appName: string): readonly { readonly title: string; readonly value: string }[] {
  const fields = [
    { title: 'Name', value: nameOf(user) },
    { title: 'E-mail', value: user.email },
    { title: 'User id', value: user.userId },
    { title: 'App', value: appName },
    { title: 'Signed up', value: user.signedUpAt },
    ...user.devices.map((device) => ({ title: 'Device', value: deviceLine(device) })),
    ...Object.entries(user.properties)
      .slice(0, MAX_PROPERTIES)
      .map(([title, value]) => ({ title, value: textOf(value) })),
  ];
  return fields.flatMap(({ title, value }) =>
    value === undefined || value === '' ? [] : [{ title: oneLine(title, 80), value: oneLine(value, MAX_VALUE) }],
  );
}

/** Also where a browser was when the app last told of it. */
function deviceLine(device: Device): string {
  const page = pageOf(device);
  return page === undefined ? describeDevice(device) : `${describeDevice(device)}. Looking at ${page}`;
}

/** The same as lines of a formatted post. */
export const profileLines = (user: User, appName: string): readonly string[] =>
  profileFields(user, appName).map(({ title, value }) => `*${literalName(title)}*: ${literal(value)}`);

/** Names what agents are told of when it changes. */
export const contactHash = ({ givenName, surname, email }: User): string =>
  createHash('sha256')
    .update(JSON.stringify([givenName ?? '', surname ?? '', email ?? '']))
    .digest('hex')
    .slice(0, 16);

const textOf = (value: Json | undefined): string | undefined => {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
