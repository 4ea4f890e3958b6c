import type { JsonObject } from '../../../domain/json.ts';
import { type Installation, installed } from '../apps/installation.ts';
import { type Channel, isIn, sees } from '../channels/channel.ts';
import { newSlackId, type SlackSession } from '../workspace/session.ts';
import { deliveries, eventCalls } from './delivery.ts';

/** Something that apps may be told of. */
export interface Happening {
  /** What an app subscribes to. */
  readonly subscription: string;
  readonly event: JsonObject & { readonly type: string };
  /** Where it happened; only apps that see the channel are told. */
  readonly channel?: Channel;
  /** The one app that it concerns, whether or not it is still installed. */
  readonly only?: Installation;
}

/** Has every app told that may know of it, once the transaction is committed. Who subscribes is asked when it is delivered. */
export async function emit(session: SlackSession, happening: Happening): Promise<void> {
  const { only } = happening;
  const hearers = only ? [only] : (await installed(session.store)).filter((app) => mayHear(app, happening));
  for (const app of hearers) await enqueue(session, app, happening);
}

async function enqueue(session: SlackSession, app: Installation, { subscription, event }: Happening): Promise<void> {
  const id = newSlackId(session, 'Ev');
  const stamped = { ...event, event_ts: event['event_ts'] ?? (session.now / 1_000).toFixed(6) };
  await session.store.put(eventCalls, {
    id,
    seq: session.nextId(),
    app_id: app.app_id,
    subscription,
    event: JSON.parse(JSON.stringify(stamped)),
    status: 'pending',
    created_at: session.now,
    attempts: [],
  });
  const due_at = session.now + session.state.settings.eventDelayMs;
  await session.store.put(deliveries, { id: session.nextId(), call_id: id, due_at, prepared: false });
}

/** The scope without which an app hears nothing of a kind. */
const SCOPES: Readonly<Record<string, string>> = {
  'message.channels': 'channels:history',
  'message.groups': 'groups:history',
  'message.im': 'im:history',
  app_mention: 'app_mentions:read',
  user_change: 'users:read',
  team_join: 'users:read',
  reaction_added: 'reactions:read',
  reaction_removed: 'reactions:read',
  file_shared: 'files:read',
};

const channelScope = (channel: Channel): string =>
  channel.kind === 'public' ? 'channels:read' : channel.kind === 'private' ? 'groups:read' : 'im:read';

function mayHear(app: Installation, { subscription, channel }: Happening): boolean {
  const scope = SCOPES[subscription] ?? (channel && channelScope(channel));
  if (scope !== undefined && !app.scopes.includes(scope)) return false;
  if (!channel) return true;
  const isTalk = subscription.startsWith('message.') || subscription === 'app_mention';
  // A deleted channel is told of to those who saw it.
  return isTalk ? isIn(channel, app.bot_user_id) : sees({ ...channel, deleted: false }, app.bot_user_id);
}
