import { z } from 'zod';
import { Role } from '../../domain/message.ts';

/** What webhooks of versions 1 and 1.1 can ask for. Those that Deskbridge never has anything to say about are kept all the same. */
export const TRIGGERS = [
  '*',
  'message',
  'message:appUser',
  'message:appMaker',
  'message:delivery:channel',
  'message:delivery:failure',
  'message:delivery:user',
  'appUser:delete',
  'client:add',
  'client:remove',
  'conversation:read',
  'conversation:referral',
  'conversation:start',
  'delivery:failure',
  'delivery:success',
  'link:failure',
  'link:match',
  'link:success',
  'merge:appUser',
  'notification:delivery:channel',
  'notification:delivery:failure',
  'notification:delivery:user',
  'payment:success',
  'postback',
  'typing:appUser',
] as const;

const trigger = z.enum(TRIGGERS, `expected one of ${TRIGGERS.join(', ')}`);

/** At least one trigger, each once. */
export const triggers = z
  .array(trigger)
  .min(1, 'expected at least one trigger')
  .transform((all) => [...new Set(all)]);

/** Whose messages a webhook with these triggers hears. */
export const rolesOf = (asked: readonly string[]): readonly Role[] =>
  Object.values(Role).filter((role) => asked.some((name) => name === '*' || name === 'message' || name === `message:${role}`));
