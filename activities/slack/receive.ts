import { z } from 'zod';
import type { Hook, HookAccount, HookAnswer, Inbound, Outcome, RawRequest } from '../inbound.ts';
import { agentIn } from './agents.ts';
import { answerCommand, readCommand } from './command.ts';
import { payloadOf, teamOf } from './payload.ts';
import type { Envelope, Payload } from './payload.ts';
import { verify } from './signature.ts';
import { textOf } from '../../src/domain/json.ts';

/** All requests come to one address; the workspace stands in the body. */
export const identify = (raw: RawRequest): string | undefined => teamOf(payloadOf(raw));

export function receive(raw: RawRequest, hook: Hook): readonly Inbound[] {
  const payload = payloadOf(raw);
  // A challenge names no workspace whose secret could verify it. It brings nothing, and its answer only repeats it as plain text.
  if (payload.kind !== 'challenge') verify(raw, secretsOf(hook), hook.now);
  return read(payload, hook.account);
}

export function answer(raw: RawRequest, _inbound: readonly Inbound[], outcome: Outcome): HookAnswer {
  return answerPayload(payloadOf(raw), outcome);
}

/**
 * What a payload brings. Only a command ever brings words for the app user: what is said in a channel stays there.
 * @see https://docs.slack.dev/reference/events
 */
export function read(payload: Payload, account: HookAccount | undefined): readonly Inbound[] {
  switch (payload.kind) {
    case 'command':
      return readCommand(payload.command, account);
    case 'event':
      return [account === undefined ? ignored('for a workspace that is not connected') : readEvent(payload.envelope, account)];
    case 'challenge':
      return [ignored('asks whether we are there')];
    case 'other':
      return [ignored('neither a command nor an event')];
  }
}

export function answerPayload(payload: Payload, outcome: Outcome): HookAnswer {
  if (payload.kind === 'command') return answerCommand(payload.command, outcome);
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: payload.kind === 'challenge' ? payload.challenge : '' };
}

const Joined = z.looseObject({ channel: z.string(), user: z.string() });
const Changed = z.looseObject({ user: z.looseObject({ id: z.string() }) });
const Revoked = z.looseObject({ tokens: z.looseObject({ bot: z.array(z.string()).nullish() }) });

function readEvent({ event, event_id: key }: Envelope, { data }: HookAccount): Inbound {
  if (event.type === 'app_uninstalled') return { kind: 'revoked', key };
  if (event.type === 'tokens_revoked') {
    const bots = Revoked.safeParse(event).data?.tokens.bot ?? [];
    return bots.length > 0 ? { kind: 'revoked', key } : ignored('tokens of members');
  }
  if (event.type === 'member_joined_channel') {
    // Whoever joins may soon answer: until then their name is asked for.
    const joined = Joined.safeParse(event).data;
    const isNew = joined !== undefined && joined.user !== data['botUserId'] && agentIn(data, joined.user) === undefined;
    return isNew ? { kind: 'notice', key, thread: joined.channel } : ignored('a member who is known');
  }
  if (event.type === 'user_change') {
    const user = Changed.safeParse(event).data?.user.id ?? '';
    return agentIn(data, user) === undefined ? ignored('a member who never answered') : { kind: 'notice', key };
  }
  return ignored(`an event of type ${event.type.slice(0, 80)}`);
}

const ignored = (reason: string): Inbound => ({ kind: 'ignored', reason });

/** The workspace's own Slack app, or the operator's. After a change, two with a comma between. */
function secretsOf({ secrets, operator }: Hook): readonly string[] {
  return [textOf(secrets, 'signingSecret'), operator['signingSecret'] ?? '']
    .flatMap((list) => list.split(','))
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '');
}
