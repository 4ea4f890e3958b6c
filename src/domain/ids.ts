/**
 * Ids of our own things: opaque strings that the compiler keeps apart.
 *
 * On the wire they are 24 lower-case hexadecimal characters, as the clients of the Smooch API expect.
 */
declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

export type AppId = Id<'app'>;
export type AppUserId = Id<'appUser'>;
export type ConversationId = Id<'conversation'>;
export type MessageId = Id<'message'>;
export type IntegrationId = Id<'integration'>;
export type WebhookId = Id<'webhook'>;
export type AccountId = Id<'account'>;
export type DestinationId = Id<'destination'>;
export type ThreadId = Id<'thread'>;
export type BatchId = Id<'batch'>;
export type EffectId = Id<'effect'>;
export type KeyId = Id<'key'>;
export type AdministratorId = Id<'administrator'>;

export type AnyId =
  | AppId
  | AppUserId
  | ConversationId
  | MessageId
  | IntegrationId
  | WebhookId
  | AccountId
  | DestinationId
  | ThreadId
  | BatchId
  | EffectId
  | KeyId
  | AdministratorId;

/** Takes a string that is known to be an id: a column, a signal's field, a freshly made one. */
export const toId = <T extends AnyId>(text: string): T => text as T;

/** Whether a string from outside has the form of an id. */
export const isId = (text: string): boolean => /^[0-9a-f]{24}$/.test(text);
