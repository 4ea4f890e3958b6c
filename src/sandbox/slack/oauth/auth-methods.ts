import { z } from 'zod';
import { arg } from '../api/args.ts';
import { fail } from '../api/problem.ts';
import { type Method, method } from '../api/call.ts';
import { installations } from '../apps/installation.ts';
import { clientOf } from './access.ts';
import { revoke, uninstall } from './install.ts';
import { tokens } from './token.ts';

const test = method({
  name: 'auth.test',
  scopes: [],
  tier: 'special',
  input: z.object({}),
  async answer({ session, user, app }) {
    const { account: team_id, state } = session;
    return {
      url: `https://${state.domain}.slack.com/`,
      team: state.name,
      user: user.name,
      team_id,
      user_id: user.id,
      ...(app && { bot_id: user.bot_id, app_id: app.id }),
      is_enterprise_install: false,
    };
  },
});

const revokeToken = method({
  name: 'auth.revoke',
  scopes: [],
  tier: 3,
  input: z.object({ test: arg.flag }),
  async answer({ session, token, app }, input) {
    if (input.test) return { revoked: false };
    const installation = app && (await session.store.get(installations, app.id));
    if (installation) await revoke(session, installation);
    else await session.store.put(tokens, { ...token, state: 'revoked' });
    return { revoked: true };
  },
});

const uninstallApp = method({
  name: 'apps.uninstall',
  scopes: [],
  tier: 1,
  input: z.object({ client_id: arg.text.default(''), client_secret: arg.text.default('') }),
  async answer({ session, directory, app }, input) {
    const client = clientOf(directory, input);
    if (client.id !== app?.id) throw fail('client_id_token_mismatch');
    const installation = await session.store.get(installations, client.id);
    if (installation) await uninstall(session, installation);
    return {};
  },
});

export const authMethods: readonly Method[] = [test, revokeToken, uninstallApp];
