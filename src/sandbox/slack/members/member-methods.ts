import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method } from '../api/call.ts';
import { installations } from '../apps/installation.ts';
import { page } from '../channels/membership-methods.ts';
import { unix } from '../workspace/session.ts';
import { avatarUrl, type Member, memberJson, members } from './member.ts';

/** What the caller may see of a member: addresses need a scope of their own. */
function shown(call: Call, member: Member) {
  const mayReadEmail = call.scopes.includes('users:read.email');
  return memberJson(call.url, call.session.account, mayReadEmail ? member : { ...member, email: null });
}

const info = method({
  name: 'users.info',
  scopes: ['users:read'],
  tier: 4,
  input: z.object({ user: arg.text.default('') }),
  async answer(call, { user }) {
    const member = await call.session.store.get(members, user);
    if (!member) throw fail('user_not_found');
    return { user: shown(call, member) };
  },
});

const list = method({
  name: 'users.list',
  scopes: ['users:read'],
  tier: 2,
  input: z.object({ limit: arg.count.min(1).max(1_000).default(1_000), cursor: arg.text.default('') }),
  async answer(call, paging) {
    const all = await call.session.store.list(members);
    return {
      ...page(
        'members',
        all.map((member) => shown(call, member)),
        paging,
      ),
      cache_ts: unix(call.session.now),
    };
  },
});

const lookupByEmail = method({
  name: 'users.lookupByEmail',
  scopes: ['users:read.email'],
  tier: 3,
  input: z.object({ email: arg.text }),
  async answer(call, { email }) {
    const found = (await call.session.store.byLookup(members, email)).find((member) => !member.deleted && member.email !== null);
    if (!found) throw fail('users_not_found');
    return { user: shown(call, found) };
  },
});

const botInfo = method({
  name: 'bots.info',
  scopes: ['users:read'],
  tier: 3,
  input: z.object({ bot: arg.text.optional() }),
  async answer(call, { bot }) {
    const id = bot ?? call.user.bot_id;
    const found = (await call.session.store.list(installations)).find(({ bot_id }) => bot_id === id);
    const user = found && (await call.session.store.get(members, found.bot_user_id));
    if (!found || !user) throw fail('bot_not_found');
    const icons = {
      image_36: avatarUrl(call.url, user, 36),
      image_48: avatarUrl(call.url, user, 48),
      image_72: avatarUrl(call.url, user, 72),
    };
    const { bot_id, app_id, bot_user_id, installed } = found;
    const bot_ = {
      id: bot_id,
      deleted: !installed,
      name: user.real_name,
      updated: unix(user.updated),
      app_id,
      user_id: bot_user_id,
      icons,
    };
    return { bot: bot_ };
  },
});

const teamInfo = method({
  name: 'team.info',
  scopes: ['team:read'],
  tier: 3,
  input: z.object({}),
  async answer(call) {
    const { account: id, state } = call.session;
    const image = `${call.url}/avatars/${id}-132.svg?name=${encodeURIComponent(state.name ?? '')}`;
    const icon = {
      image_default: true,
      image_34: image,
      image_44: image,
      image_68: image,
      image_88: image,
      image_102: image,
      image_132: image,
    };
    const team = {
      id,
      name: state.name,
      domain: state.domain,
      url: `https://${state.domain}.slack.com/`,
      email_domain: `${state.domain}.example`,
      icon,
    };
    return { team };
  },
});

export const memberMethods: readonly Method[] = [info, list, lookupByEmail, botInfo, teamInfo];
