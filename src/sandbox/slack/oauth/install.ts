import type { App } from '../apps/app.ts';
import { type Installation, installations } from '../apps/installation.ts';
import { channels, isIn } from '../channels/channel.ts';
import { emit } from '../events/emit.ts';
import { type Member, members } from '../members/member.ts';
import { newSlackId, type SlackSession } from '../workspace/session.ts';
import { endTokens } from './token.ts';

/** Installs an app, or installs it again: what it may do is added to, and its bot is the same as before. */
export async function install(
  session: SlackSession,
  app: App,
  grant: { readonly scopes: readonly string[]; readonly installer: string },
): Promise<Installation> {
  const before = await session.store.get(installations, app.id);
  const bot = before ?? { bot_user_id: newSlackId(session, 'U'), bot_id: newSlackId(session, 'B'), seq: session.nextId() };
  const kept = before?.installed ? before.scopes : [];
  const installation: Installation = {
    ...bot,
    app_id: app.id,
    scopes: [...new Set([...kept, ...grant.scopes])].toSorted(),
    installer: grant.installer,
    installed: true,
  };
  await session.store.put(installations, installation);
  await session.store.put(members, await botUser(session, app, installation));
  return installation;
}

async function botUser(session: SlackSession, app: App, installation: Installation): Promise<Member> {
  const name = app.manifest.features.bot_user?.display_name ?? app.manifest.display_information.name;
  const before = await session.store.get(members, installation.bot_user_id);
  return {
    id: installation.bot_user_id,
    name: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'),
    real_name: name,
    display_name: '',
    email: null,
    role: 'app',
    deleted: false,
    bot_id: installation.bot_id,
    app_id: app.id,
    created: before?.created ?? session.now,
    updated: session.now,
    seq: before?.seq ?? session.nextId(),
  };
}

/** Removes an app from the workspace: its tokens die, its bot leaves every channel. It is told by both events. */
export async function uninstall(session: SlackSession, installation: Installation): Promise<void> {
  const gone = { ...installation, installed: false, scopes: [] };
  await session.store.put(installations, gone);
  await endTokens(session.store, installation.app_id, 'inactive');
  const bot = await session.store.get(members, installation.bot_user_id);
  if (bot) await session.store.put(members, { ...bot, deleted: true, updated: session.now });
  for (const channel of await session.store.list(channels)) {
    if (!isIn(channel, installation.bot_user_id)) continue;
    const left = channel.members.filter((id) => id !== installation.bot_user_id);
    await session.store.put(channels, { ...channel, members: left });
  }
  await tellRevoked(session, gone);
  await emit(session, { subscription: 'app_uninstalled', event: { type: 'app_uninstalled' }, only: gone });
}

/** Ends the tokens of an app that stays installed. */
export async function revoke(session: SlackSession, installation: Installation): Promise<void> {
  await endTokens(session.store, installation.app_id, 'revoked');
  await tellRevoked(session, installation);
}

async function tellRevoked(session: SlackSession, installation: Installation): Promise<void> {
  const event = { type: 'tokens_revoked', tokens: { oauth: [], bot: [installation.bot_user_id] } };
  await emit(session, { subscription: 'tokens_revoked', event, only: installation });
}
