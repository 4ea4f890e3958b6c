import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AllowedNetworks } from '../../../activities/url-guard.ts';
import type { Author, Content, Source } from '../../domain/message.ts';
import { fromShorthand } from '../../domain/shorthand.ts';
import type { UserCall } from '../call.ts';
import { email, line, ownId, webUrl, withoutNulls } from '../fields.ts';
import { parse } from '../parse.ts';
import { isPlainObject } from '../plain-object.ts';
import { badRequest, forbidden } from '../problem.ts';
import { nameOfUser } from '../users/wire-user.ts';
import { contentSchema, newHexId, toContent } from './content.ts';

/** What a client says, checked. */
export interface Said {
  readonly role: 'appUser' | 'appMaker';
  readonly content: Content;
  readonly author: Author;
  readonly source: Source;
  /** The client's own id of the message. */
  readonly clientId?: string;
  /** What the app user wrote it on. */
  readonly device?: string;
}

/** What is empty is not there. */
const orEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const Envelope = z.object({
  role: z.enum(['appUser', 'appMaker'], 'expected appUser or appMaker'),
  name: orEmpty(line),
  email: orEmpty(email),
  avatarUrl: orEmpty(webUrl),
  source: z.object({ type: line, id: line.exactOptional() }).default({ type: 'api' }),
  _clientId: ownId.optional(),
  deviceId: orEmpty(ownId),
});

const IdempotencyKey = z.object({ 'Idempotency-Key': ownId });

/** Reads the bodies of messages. Made once, for the networks that media may come from. */
export function createMessageReader(allowed: AllowedNetworks): (call: UserCall) => Said {
  const schema = contentSchema(allowed);
  return (call) => {
    const body = withoutNulls(call.body);
    const envelope = parse(Envelope, body);
    const content = parse(schema, isPlainObject(body) ? { type: 'text', ...body } : body);
    refuseForRole(envelope.role, call.scope, content);
    const { _clientId: clientId = idempotencyKeyOf(call), deviceId } = envelope;
    const device = envelope.role === 'appUser' ? deviceId : undefined;
    return {
      role: envelope.role,
      content: envelope.role === 'appMaker' ? fromShorthand(toContent(content), newHexId) : toContent(content),
      author: envelope.role === 'appUser' ? asAppUser(envelope, call) : asAppMaker(envelope),
      source: envelope.source,
      ...(clientId !== undefined && { clientId }),
      ...(device !== undefined && { device }),
    };
  };
}

function refuseForRole(role: Said['role'], scope: UserCall['scope'], content: z.output<ReturnType<typeof contentSchema>>): void {
  if (role === 'appMaker') {
    if (scope === 'appUser') throw forbidden('role: a token of appUser scope speaks as appUser alone');
    return;
  }
  if ('items' in content)
    throw badRequest('type: expected text, image, file or location: carousels and lists are for role appMaker');
  if (content.actions !== undefined) throw badRequest('actions: expected none: they are for role appMaker');
}

function idempotencyKeyOf(call: UserCall): string | undefined {
  const key = call.header('idempotency-key');
  return key === undefined ? undefined : parse(IdempotencyKey, { 'Idempotency-Key': key })['Idempotency-Key'];
}

/** Users are shown under the name in their profile; what the client calls them counts only where there is none. */
function asAppUser({ name, avatarUrl }: z.output<typeof Envelope>, { user }: UserCall): Author {
  const shownName = nameOfUser(user) ?? name;
  const shownAvatar = user.avatar_url ?? avatarUrl;
  return {
    id: user.id,
    ...(shownName !== undefined && { name: shownName }),
    ...(shownAvatar !== undefined && { avatarUrl: shownAvatar }),
  };
}

/** The same person has the same id in every conversation: it follows from their e-mail address, else from their name. */
function asAppMaker({ name, email: address, avatarUrl }: z.output<typeof Envelope>): Author {
  const identity = address?.toLowerCase() ?? name;
  return {
    ...(identity !== undefined && { id: createHash('sha256').update(identity).digest('hex').slice(0, 24) }),
    ...(name !== undefined && { name }),
    ...(address !== undefined && { email: address }),
    ...(avatarUrl !== undefined && { avatarUrl }),
  };
}
