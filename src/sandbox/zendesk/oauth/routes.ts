import { json, noContent } from '../../answer.ts';
import type { ApiRoute, Call } from '../call.ts';
import { paginate } from '../paging.ts';
import { recordNotFound } from '../problem.ts';
import { revokeToken, type Token, tokenJson, tokens } from './token.ts';

/** `/api/v2/oauth/tokens`: looking at tokens and revoking them. */
export const tokenRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/oauth/tokens',
    allowed: 'agent',
    async answer(call) {
      const { items, envelope } = paginate(
        call,
        await call.session.store.list(tokens, { group: call.user.id }),
        (token) => token.id,
      );
      return json(200, { tokens: items.map((token) => tokenJson(call.url, token)), ...envelope });
    },
  },
  {
    method: 'GET',
    path: '/oauth/tokens/current',
    allowed: 'agent',
    answer: async (call) => json(200, { token: tokenJson(call.url, call.token) }),
  },
  {
    method: 'GET',
    path: '/oauth/tokens/:id',
    allowed: 'agent',
    answer: async (call) => json(200, { token: tokenJson(call.url, await ownToken(call)) }),
  },
  {
    method: 'DELETE',
    path: '/oauth/tokens/:id',
    allowed: 'agent',
    async answer(call) {
      await revokeToken(call.session.store, await ownToken(call));
      return noContent();
    },
  },
];

/** An admin may see everybody's, an agent only their own. */
async function ownToken(call: Call): Promise<Token> {
  const token = await call.session.store.get(tokens, call.params.id ?? '');
  if (!token || (call.user.role !== 'admin' && token.user_id !== call.user.id)) throw recordNotFound();
  return token;
}
