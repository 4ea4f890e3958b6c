import { type Answer, json, Refusal, withHeaders } from '../../answer.ts';
import type { Directory } from '../apps/directory.ts';
import { type Installation, installations } from '../apps/installation.ts';
import { channelMethods } from '../channels/channel-methods.ts';
import { listMethods } from '../channels/list-methods.ts';
import { membershipMethods } from '../channels/membership-methods.ts';
import { fileMethods } from '../files/file-methods.ts';
import { memberMethods } from '../members/member-methods.ts';
import { members } from '../members/member.ts';
import { chatMethods } from '../messages/chat-methods.ts';
import { historyMethods } from '../messages/history-methods.ts';
import { reactionMethods } from '../messages/reaction-methods.ts';
import { authMethods } from '../oauth/auth-methods.ts';
import { type Token, tokens } from '../oauth/token.ts';
import { takeCall } from '../workspace/limits.ts';
import type { Place } from '../workspace/place.ts';
import type { SlackSession } from '../workspace/session.ts';
import type { Args } from './args.ts';
import { type Call, type Method, requireScope } from './call.ts';
import { fail } from './problem.ts';

const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...authMethods,
    ...channelMethods,
    ...membershipMethods,
    ...listMethods,
    ...chatMethods,
    ...historyMethods,
    ...reactionMethods,
    ...memberMethods,
    ...fileMethods,
  ].map((method) => [method.name, method]),
);

export interface Asked {
  readonly name: string;
  readonly args: Args;
  readonly token: string;
  readonly directory: Directory;
}

/** Answers a call of a method. What a refused call had begun is undone; that it was counted stays. */
export async function answerApi(place: Place, asked: Asked): Promise<Answer> {
  const headers: Record<string, string> = {};
  try {
    const call = await authenticate(place, asked);
    headers['x-oauth-scopes'] = call.scopes.join(',');
    const method = METHODS.get(asked.name);
    if (!method) throw fail('unknown_method', { req_method: asked.name });
    if (method.scopes.length > 0) headers['x-accepted-oauth-scopes'] = method.scopes.join(',');
    requireScope(call, method.scopes);
    await takeCall(place.session, call.token.app_id ?? call.user.id, method);
    const said = await place.session.attempt(() => method.answer(call, asked.args));
    return json(200, { ok: true, ...said }, headers);
  } catch (error) {
    if (error instanceof Refusal) return withHeaders(error.answer, headers);
    throw error;
  }
}

/** @throws {Refusal} `invalid_auth`, `token_revoked`, `account_inactive`, `token_expired` */
async function authenticate(place: Place, { token: sent, directory }: Asked): Promise<Call> {
  const { session } = place;
  const token = await session.store.get(tokens, sent);
  if (!token) throw fail('invalid_auth');
  refuseDead(session, token);
  const user = await session.store.get(members, token.user_id);
  if (!user || user.deleted) throw fail('account_inactive');
  const installation = token.app_id === null ? undefined : await session.store.get(installations, token.app_id);
  return { ...place, directory, token, user, scopes: scopesOf(token, installation), app: directory.app(token.app_id ?? '') };
}

function refuseDead(session: SlackSession, token: Token): void {
  if (token.state === 'inactive') throw fail('account_inactive');
  if (token.state === 'revoked') throw fail('token_revoked');
  if (token.expires_at !== null && token.expires_at <= session.now) throw fail('token_expired');
}

const scopesOf = (token: Token, installation: Installation | undefined): readonly string[] =>
  token.scopes ?? installation?.scopes ?? [];
