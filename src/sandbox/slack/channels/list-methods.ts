import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method, requireScope } from '../api/call.ts';
import { members } from '../members/member.ts';
import { type Channel, channelJson, channels, isIn, sees } from './channel.ts';
import { scopesFor } from './find.ts';
import { page } from './membership-methods.ts';

const KINDS = { public_channel: 'public', private_channel: 'private', im: 'im', mpim: undefined } as const;
const READS = { public: 'channels:read', private: 'groups:read', im: 'im:read' } as const;

const listing = z.object({
  types: arg.list.default(['public_channel']),
  exclude_archived: arg.flag,
  limit: arg.count.min(1).max(1_000).default(100),
  cursor: arg.text.default(''),
});

const list = method({
  name: 'conversations.list',
  scopes: scopesFor('read'),
  tier: 2,
  input: listing,
  answer: (call, input) => pageOf(call, input, call.user.id, (channel) => sees(channel, call.user.id)),
});

const ofUser = method({
  name: 'users.conversations',
  scopes: scopesFor('read'),
  tier: 3,
  input: listing.extend({ user: arg.text.optional() }),
  async answer(call, input) {
    const user = input.user ?? call.user.id;
    if (!(await call.session.store.get(members, user))) throw fail('user_not_found');
    return pageOf(call, input, user, (channel) => sees(channel, call.user.id) && isIn(channel, user));
  },
});

/** Slack cuts pages first and leaves out archived channels then, so that a page can be empty and not the last. */
async function pageOf(call: Call, input: z.output<typeof listing>, viewer: string, fits: (channel: Channel) => boolean) {
  const kinds = input.types.map((type) => {
    if (!(type in KINDS)) throw fail('invalid_types');
    return Object.entries(KINDS).find(([name]) => name === type)?.[1];
  });
  const wanted = kinds.filter((kind) => kind !== undefined);
  for (const kind of wanted) requireScope(call, [READS[kind]]);
  const all: Channel[] = [];
  for (const kind of wanted) all.push(...(await call.session.store.list(channels, { group: kind })).filter(fits));
  const cut = page(
    'channels',
    all.map((channel) => channel.id),
    input,
  );
  const ids = z.array(z.string()).parse(cut['channels']);
  const shown = all.filter((channel) => ids.includes(channel.id) && !(input.exclude_archived && channel.is_archived));
  return { ...cut, channels: shown.map((channel) => channelJson(call.session.account, channel, viewer)) };
}

export const listMethods: readonly Method[] = [list, ofUser];
