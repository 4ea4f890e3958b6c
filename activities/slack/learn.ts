import { jsonOf } from '../http.ts';
import type { HttpAnswer } from '../http.ts';
import { MemberAnswer, keptAs, toAgent } from './agents.ts';
import { parseScopes } from './scopes.ts';
import type { JsonObject } from '../../src/domain/json.ts';

/** What answers tell about a workspace: which rights are granted, and who its members are that may answer. */
export function learn(answer: HttpAnswer): JsonObject | undefined {
  const granted = answer.headers['x-oauth-scopes'];
  const scopes = granted === undefined || granted === '' ? {} : { scopes: parseScopes(granted).toSorted() };
  const agents = answer.text.includes('"user":{') ? agentOf(answer) : {};
  const learnt = { ...scopes, ...agents };
  return Object.keys(learnt).length === 0 ? undefined : learnt;
}

function agentOf(answer: HttpAnswer): JsonObject {
  const member = MemberAnswer.safeParse(jsonOf(answer)).data;
  if (member === undefined || member.user.is_bot === true) return {};
  const at = Date.parse(answer.headers['date'] ?? '');
  return keptAs(member.user.id, toAgent(member, Number.isNaN(at) ? 0 : at));
}
