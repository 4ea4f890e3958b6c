import type { AppUserProfile, Batch, PlanContext, PlannedEffect } from '../batch.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { wireAppUser, wireAppUserStub, wireDevices, wireMessage } from '../../src/domain/wire.ts';

/** One request a batch. A batch has one role, and so has a trigger. */
export function plan(batch: Batch, context: PlanContext): readonly PlannedEffect[] {
  const [first] = batch.messages;
  const key = `post ${first?.seq ?? 0}`;
  if (first === undefined || context.done.has(key)) return [];
  return [
    {
      key,
      summary: `post message:${batch.role}`,
      seqs: batch.messages.map((message) => message.seq),
      repeatable: true,
      write: { payload: payloadOf(batch, context) },
    },
  ];
}

/** The body of a webhook, in the version that it was created with. */
function payloadOf(batch: Batch, context: PlanContext): JsonObject {
  const { appUser, account } = context;
  const isOld = account.data['version'] === 'v1';
  const isFull = isOld || account.data['includeFullAppUser'] === true;
  const client = account.data['includeClient'] === true ? clientOf(batch, appUser) : undefined;
  return {
    trigger: `message:${batch.role}`,
    ...(isOld ? {} : { version: 'v1.1' }),
    app: { _id: context.app.id },
    appUser: isFull ? wireAppUser(appUser) : wireAppUserStub(appUser),
    conversation: { _id: context.conversation },
    ...(client === undefined ? {} : { client }),
    messages: batch.messages.map((message) => wireMessage(message, appUser.id)),
  };
}

/** What the app user wrote on, if it is known. */
const clientOf = ({ messages }: Batch, { devices }: AppUserProfile): JsonObject | undefined =>
  wireDevices(devices).find(({ id }) => id === messages.at(-1)?.source.id);
