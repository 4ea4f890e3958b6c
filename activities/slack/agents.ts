import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Author } from '../../src/domain/message.ts';

/** A member of the workspace, as app users see them. Kept in the account's data, because a command must be answered at once. */
const Agent = z.object({
  name: z.string(),
  avatar: z.string().optional(),
  /** When Slack was asked last, epoch ms. */
  at: z.number().default(0),
});
export type Agent = z.infer<typeof Agent>;

/** Each is kept by itself: what two answers tell at the same time goes side by side into the account's data. */
const PREFIX = 'agent ';

export const keptAs = (user: string, agent: Agent): JsonObject => ({ [PREFIX + user]: { ...agent } });

/** A member by their Slack id, if they are known. */
export const agentIn = (data: JsonObject, user: string): Agent | undefined => Agent.safeParse(data[PREFIX + user]).data;

/** The Slack ids of all members that are known, with when Slack was asked for them last. */
export const knownAgents = (data: JsonObject): readonly { readonly user: string; readonly at: number }[] =>
  Object.keys(data)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .map((user) => ({ user, at: agentIn(data, user)?.at ?? 0 }));

/** Who typed a command. @param userName what Slack calls a member who is not known yet. */
export function authorOf(account: { readonly key: string; readonly data: JsonObject }, user: string, userName: string): Author {
  const agent = agentIn(account.data, user);
  return {
    id: createHash('sha256').update(`slack/${account.key}/${user}`).digest('hex').slice(0, 24),
    name: agent?.name ?? userName,
    ...(agent?.avatar === undefined ? {} : { avatarUrl: agent.avatar }),
  };
}

const Text = z.string().nullish();
export const MemberAnswer = z.object({
  user: z.object({
    id: z.string(),
    name: Text,
    real_name: Text,
    is_bot: z.boolean().nullish(),
    profile: z
      .looseObject({
        display_name_normalized: Text,
        display_name: Text,
        real_name_normalized: Text,
        real_name: Text,
        image_192: Text,
        image_72: Text,
      })
      .nullish(),
  }),
});

/** A member as Slack shows them to colleagues: the name that they chose comes first. */
export function toAgent({ user }: z.infer<typeof MemberAnswer>, at: number): Agent {
  const { profile } = user;
  const names = [
    profile?.display_name_normalized,
    profile?.display_name,
    profile?.real_name_normalized,
    profile?.real_name,
    user.real_name,
    user.name,
  ];
  const avatar = [profile?.image_192, profile?.image_72].find((url) => url?.startsWith('https://') === true);
  return {
    name: names.find((name) => typeof name === 'string' && name !== '') ?? 'Agent',
    ...(typeof avatar === 'string' ? { avatar } : {}),
    at,
  };
}
