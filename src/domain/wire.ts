import type { Device } from './device.ts';
import { lastSeenOf } from './device.ts';
import type { JsonObject } from './json.ts';
import type { Action, Item, Message } from './message.ts';

/** What the wire shows of an app user. */
export interface WireUser {
  readonly id: string;
  readonly userId: string | undefined;
  readonly givenName: string | undefined;
  readonly surname: string | undefined;
  readonly email: string | undefined;
  readonly avatarUrl: string | undefined;
  readonly properties: JsonObject;
  readonly signedUpAt: string | undefined;
  readonly conversationStarted: boolean;
  readonly devices: readonly Device[];
}

/** A message as versions 1 and 1.1 of the Smooch API write it. Times are seconds since the epoch, with fractions. */
export function wireMessage(message: Omit<Message, 'seq'>, appUserId: string): JsonObject {
  const { content, author, source } = message;
  return compact({
    _id: message.id,
    type: content.type,
    role: message.role,
    authorId: message.role === 'appUser' ? appUserId : author.id,
    name: author.name,
    avatarUrl: author.avatarUrl,
    text: content.text,
    received: message.acceptedAt / 1_000,
    mediaUrl: content.mediaUrl,
    mediaType: content.mediaType,
    mediaSize: content.mediaSize,
    actions: content.actions?.map(wireAction),
    items: content.items?.map(wireItem),
    coordinates: content.coordinates === undefined ? undefined : { ...content.coordinates },
    location: content.location === undefined ? undefined : compact({ ...content.location }),
    metadata: content.metadata,
    source: compact({ type: source.type, id: source.id }),
  });
}

/** An app user, whole. `devices` is the old name of `clients`. */
export const wireAppUser = (user: WireUser): JsonObject =>
  compact({
    _id: user.id,
    userId: user.userId,
    givenName: user.givenName,
    surname: user.surname,
    email: user.email,
    avatarUrl: user.avatarUrl,
    signedUpAt: user.signedUpAt,
    properties: user.properties,
    conversationStarted: user.conversationStarted,
    credentialRequired: false,
    hasPaymentInfo: false,
    clients: wireDevices(user.devices),
    pendingClients: [],
    devices: wireDevices(user.devices),
  });

/** What an app user writes on. The one that was heard of last is the primary one. */
export const wireDevices = (devices: readonly Device[]): readonly JsonObject[] => {
  const last = lastSeenOf(devices);
  return devices.map((device) =>
    compact({
      id: device.id,
      platform: device.platform,
      appVersion: device.appVersion,
      active: true,
      primary: device === last,
      status: 'active',
      linkedAt: new Date(device.linkedAt).toISOString(),
      lastSeen: new Date(device.lastSeen).toISOString(),
      info: device.info,
    }),
  );
};

/** An app user, cut down as webhooks of version 1.1 show it. */
export const wireAppUserStub = (user: WireUser): JsonObject =>
  compact({ _id: user.id, userId: user.userId, conversationStarted: user.conversationStarted });

const wireAction = ({ id, ...rest }: Action): JsonObject => compact({ _id: id, ...rest });

const wireItem = ({ id, actions, ...rest }: Item): JsonObject => compact({ _id: id, ...rest, actions: actions.map(wireAction) });

/** Without what is not there: the wire has no nulls. */
const compact = (object: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
