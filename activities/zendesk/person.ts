import { refTo } from '../batch.ts';
import type { PlanContext, PlannedEffect } from '../batch.ts';
import type { Device } from '../../src/domain/device.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { describeDevice, deviceFacts } from '../device-words.ts';
import { detailsDigest, digest } from './digest.ts';
import { literalLine } from './text.ts';

export const PERSON = 'person';
const FIELDS = 'fields';
const DETAILS = 'details';
const ADDRESS = ['address', 'address 2', 'address 3'] as const;
/** In characters. */
const MOST_OF_A_DEVICE = 250;

/** The setting of an integration by which e-mail addresses are proof of who somebody is. */
export const TRUSTS_EMAIL = 'verifiesEmail';

/** Names what of the profile is at Zendesk, each part by a digest. */
interface Written {
  readonly name: string;
  readonly fields: string;
  readonly address: string;
  readonly details: string;
}

/** Who the app user is at Zendesk: found, or made, before anything is written in their name. */
export function person(context: PlanContext): readonly PlannedEffect[] {
  const { now, before } = profileOf(context);
  if (context.person !== undefined && before.name === now.written.name) return [];
  const hash = hashOf({ ...before, name: now.written.name });
  const known = context.person?.remoteId ?? context.formerPerson;
  const ticket = context.thread ?? context.previous;
  const user: JsonObject = { external_id: now.externalId, name: now.name };
  const write: JsonObject = {
    kind: 'user',
    user,
    hash,
    ...(known === undefined ? {} : { known }),
    ...(ticket === undefined ? {} : { ticket: ticket.remoteId }),
    ...(now.email === undefined ? {} : { email: now.email }),
  };
  const summary = context.person === undefined ? 'find or create the end user' : 'update the end user';
  return unlessDone(context, [{ key: PERSON, summary, seqs: [], makes: 'person', scopes: ['users'], repeatable: true, write }]);
}

/** The rest of the profile: it follows what was said, which need not wait for it. */
export function profile(context: PlanContext): readonly PlannedEffect[] {
  const { now, before } = profileOf(context);
  const base = { seqs: [], repeatable: true, makes: 'person' as const };
  const common = { user: personId(context), externalId: now.externalId };
  const effects: PlannedEffect[] = [];
  if (before.fields !== now.written.fields) {
    const hash = hashOf({ ...before, name: now.written.name, fields: now.written.fields });
    const write: JsonObject = { kind: 'fields', ...common, facts: now.facts, hash };
    effects.push({ ...base, key: FIELDS, summary: 'fill in the end user’s fields', write });
  }
  if (before.details !== now.written.details) {
    const hash = hashOf({ ...now.written, address: before.address });
    const write: JsonObject = { kind: 'details', ...common, text: now.details, former: before.details, hash };
    effects.push({ ...base, key: DETAILS, summary: 'tell what the end user writes on', write });
  }
  if (before.address !== now.written.address) {
    const write: JsonObject = {
      kind: 'address',
      ...common,
      ...(now.email === undefined ? {} : { email: now.email }),
      former: before.address,
    };
    // Each does one step; an address that is replaced takes three: add the new one, put it first, take the old one away.
    const keys = ADDRESS.slice(0, before.address === '' ? 1 : ADDRESS.length);
    keys.forEach((key, index) => {
      const hash = hashOf(index === keys.length - 1 ? now.written : { ...now.written, address: before.address });
      effects.push({ ...base, key, summary: 'bring the end user’s address up to date', write: { ...write, hash } });
    });
  }
  return unlessDone(context, effects);
}

/** Whom comments are by: known, or what the first effect finds out. */
export const personId = (context: PlanContext): Json =>
  context.person === undefined || person(context).length > 0 ? refTo(PERSON, 'person') : context.person.remoteId;

/** What people call the app user, if they have a name. */
export function nameOf({ appUser: { givenName, surname, userId } }: PlanContext): string | undefined {
  const name = [givenName, surname].filter((part) => part !== undefined && part.trim() !== '').join(' ');
  return name === '' ? userId : name;
}

const unlessDone = (context: PlanContext, effects: readonly PlannedEffect[]): readonly PlannedEffect[] =>
  effects.filter(({ key }) => !context.done.has(key));

function profileOf(context: PlanContext): { readonly now: Profile; readonly before: Written } {
  const { appUser, installation, app, settings } = context;
  // External ids are compared in lower case. Zendesk wants a name: an app user without one is a visitor.
  const externalId = `${installation}:${app.id}:${appUser.id}`.toLowerCase();
  const name = literalLine(nameOf(context) ?? '', 255) || `Visitor ${appUser.id.slice(-4)}`;
  const email = settings[TRUSTS_EMAIL] === true ? appUser.email?.trim().toLowerCase() : undefined;
  const facts = factsOf(context);
  const details = detailsOf(context);
  const written = {
    name: digest({ name }, 12),
    fields: Object.keys(facts).length === 0 ? '' : digest(facts, 12),
    address: email === undefined ? '' : addressDigest(email),
    details: details === '' ? '' : detailsDigest(details),
  };
  return { now: { externalId, name, email, facts, details, written }, before: writtenOf(context.person?.profileHash) };
}

interface Profile {
  readonly externalId: string;
  readonly name: string;
  readonly email: string | undefined;
  readonly facts: JsonObject;
  readonly details: string;
  readonly written: Written;
}

/** What the app knows of its user, under the names that fields of Zendesk may have. */
function factsOf({ appUser, app }: PlanContext): JsonObject {
  const known = { app: app.name, userId: appUser.userId, email: appUser.email, signedUpAt: appUser.signedUpAt };
  const facts = { ...factsOfDevices(appUser.devices), ...appUser.properties, ...known };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== null));
}

/** What the newest device tells of itself, and all of them in words. */
function factsOfDevices(devices: readonly Device[]): JsonObject {
  const newest = devices.at(-1);
  return newest === undefined ? {} : { ...deviceFacts(newest), device: devices.map(describeDevice).join('; ') };
}

/** For all to read who see the end user: the app, and on what they write there. Empty where nothing is known of it. */
function detailsOf({ appUser, app }: PlanContext): string {
  if (appUser.devices.length === 0) return '';
  const lines = appUser.devices.map((device) => `- ${literalLine(describeDevice(device), MOST_OF_A_DEVICE)}`);
  return [`Writes in ${literalLine(app.name, MOST_OF_A_DEVICE)} on:`, ...lines].join('\n');
}

function writtenOf(hash = ''): Written {
  const [name = '', fields = '', address = '', details = ''] = hash.split('.');
  return { name, fields, address, details };
}

const hashOf = ({ name, fields, address, details }: Written): string => [name, fields, address, details].join('.');

/** Tells an address that we wrote from others without keeping it. */
export const addressDigest = (email: string): string => digest({ email: email.toLowerCase() }, 16);
