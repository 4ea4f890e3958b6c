import type { Generated, GeneratedAlways } from 'kysely';
import type {
  AccountId,
  AppId,
  AppUserId,
  BatchId,
  ConversationId,
  DestinationId,
  EffectId,
  IntegrationId,
  MessageId,
  ThreadId,
  WebhookId,
} from '../domain/ids.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { WaitWhy } from '../domain/lane-state.ts';
import type { Author, Content, MessageRole, Source } from '../domain/message.ts';
import type { Comparison } from '../../activities/account-store.ts';
import type { RemoteRef } from '../../activities/batch.ts';
import type { RoundResult } from '../../activities/contract.ts';
import type { Slot } from '../../activities/limit-store.ts';
import type { ConsoleSchema } from './console/schema.ts';

/** The tables, as Kysely sees them. Times are epoch milliseconds. What each column is for stands in the migrations. */
export interface Schema extends ConsoleSchema {
  installation: { only_row: Generated<boolean>; id: string };
  apps: { id: AppId; name: string; created_at: number; deleted_at: number | null };
  app_keys: { id: string; app_id: AppId | null; secret: string; name: string; created_at: number };
  app_users: AppUserRow;
  devices: DeviceRow;
  conversations: ConversationRow;
  messages: MessageRow;
  accounts: AccountTable;
  grants: GrantRow;
  integrations: IntegrationRow;
  webhooks: WebhookRow;
  destinations: DestinationRow;
  threads: ThreadRow;
  lanes: LaneRow;
  deliveries: DeliveryRow;
  batches: BatchRow;
  effects: EffectRow;
  attempts: { effect_id: EffectId; attempt: number; at: number; outcome: string | null };
  remote_refs: {
    account_id: AccountId;
    remote_id: string;
    conversation_id: ConversationId;
    effect_id: EffectId | null;
    message_id: MessageId | null;
  };
  inbound_events: InboundEventRow;
  people: { account_id: AccountId; app_user_id: AppUserId; remote_id: string; profile_hash: string; gone: Generated<boolean> };
  account_limits: {
    account_id: AccountId;
    scope: string;
    next_at: number;
    probes_at: number | null;
    probed_at: number | null;
    misses: Generated<number>;
  };
  connect_states: ConnectStateRow;
}

export interface AppUserRow {
  id: AppUserId;
  app_id: AppId;
  user_id: string | null;
  given_name: string | null;
  surname: string | null;
  email: string | null;
  avatar_url: string | null;
  signed_up_at: number | null;
  properties: Generated<JsonObject>;
  created_at: number;
}

export interface DeviceRow {
  app_user_id: AppUserId;
  id: string;
  platform: string;
  app_version: string | null;
  info: Generated<JsonObject>;
  linked_at: number;
  last_seen: number;
}

export interface ConversationRow {
  id: ConversationId;
  app_id: AppId;
  app_user_id: AppUserId;
  last_seq: Generated<number>;
  last_message_at: Generated<number>;
  unread_count: Generated<number>;
  app_user_last_read: number | null;
  app_maker_last_read: number | null;
}

export interface MessageRow {
  id: MessageId;
  conversation_id: ConversationId;
  seq: number;
  role: MessageRole;
  content: Content;
  author: Author;
  source: Source;
  client_id: string | null;
  accepted_at: number;
}

export interface AccountTable {
  id: AccountId;
  system: string;
  key: string;
  data: Generated<JsonObject>;
  secrets: string | null;
  polled_until: number | null;
  swept_at: Generated<number>;
  comparison: Comparison | null;
}

export interface GrantRow {
  account_id: AccountId;
  version: number;
  credentials: string;
  expires_at: number | null;
  renew_at: number | null;
  rotating_until: number | null;
}

export interface IntegrationRow {
  id: IntegrationId;
  app_id: AppId;
  account_id: AccountId;
  system: string;
  status: 'connecting' | 'connected' | 'removing' | 'removed';
  display_name: string;
  settings: Generated<JsonObject>;
  progress: string | null;
  problem: string | null;
  created_at: number;
  connecting_since: number;
}

export interface WebhookRow {
  id: WebhookId;
  app_id: AppId;
  target: string;
  triggers: string[];
  version: string;
  include_client: Generated<boolean>;
  include_full_app_user: Generated<boolean>;
  created_at: number;
  removed_at: number | null;
}

export interface DestinationRow {
  id: DestinationId;
  app_id: AppId;
  account_id: AccountId;
  integration_id: IntegrationId | null;
  webhook_id: WebhookId | null;
  system: string;
  label: string;
  takes: MessageRole[];
  window_ms: number;
  removed_at: number | null;
  generation: Generated<number>;
  parked_generation: Generated<number>;
  parked_reason: string | null;
  parked_at: number | null;
  failing_since: number | null;
  created_at: number;
}

export interface ThreadRow {
  id: ThreadId;
  account_id: AccountId;
  conversation_id: ConversationId;
  destination_id: DestinationId;
  remote_id: string;
  label: string;
  state: 'open' | 'closed' | 'gone' | 'diverted';
  data: Generated<JsonObject>;
  version: string | null;
  cursor: Json;
  dirty: Generated<number>;
  clean: Generated<number>;
  dirty_at: number | null;
  rung_at: number | null;
  until: number | null;
  why: WaitWhy | null;
  slot: Slot | null;
  failures: Generated<number>;
  failing_since: number | null;
  writes: Generated<number[]>;
  created_at: number;
}

export interface LaneRow {
  conversation_id: ConversationId;
  destination_id: DestinationId;
  rung_seq: Generated<number>;
  heard_seq: Generated<number>;
  taken_seq: Generated<number>;
  barren_seq: Generated<number>;
  swept_at: Generated<number>;
  generation: Generated<number>;
  until: number | null;
  why: WaitWhy | null;
  batch_id: BatchId | null;
  failures: Generated<number>;
  failing_since: number | null;
  slot: Slot | null;
}

export interface DeliveryRow {
  conversation_id: ConversationId;
  destination_id: DestinationId;
  seq: number;
  state: 'waiting' | 'sending' | 'delivered' | 'parked' | 'dead';
  form: Generated<'full' | 'plain' | 'missing'>;
  batch_id: BatchId | null;
  problem: string | null;
  accepted_at: number;
  delivered_at: number | null;
}

export interface BatchRow {
  id: BatchId;
  conversation_id: ConversationId;
  destination_id: DestinationId;
  account_id: AccountId;
  role: MessageRole;
  nonce: string;
  seqs: number[];
  label: string | null;
  is_planned: Generated<boolean>;
  result: RoundResult | null;
  opened_at: number;
  settled_at: number | null;
}

export interface EffectRow {
  id: EffectId;
  batch_id: BatchId;
  account_id: AccountId;
  ordinal: number;
  key: string;
  summary: string;
  seqs: number[];
  serves: Generated<number[]>;
  makes: 'person' | 'thread' | null;
  scopes: Generated<string[]>;
  repeatable: Generated<boolean>;
  fresh_for_ms: number | null;
  state: 'planned' | 'sent' | 'done' | 'void';
  attempt: Generated<number>;
  write: JsonObject;
  bytes: JsonObject | null;
  first_sent_at: number | null;
  start_by: number | null;
  expires_at: number | null;
  ref: RemoteRef | null;
  done_at: number | null;
}

export interface InboundEventRow {
  id: GeneratedAlways<number>;
  account_id: AccountId;
  key: string;
  kind: string;
  thread: string | null;
  remote_ids: string[] | null;
  body: { content: Content; author: Author } | null;
  state: 'applied' | 'held' | 'unmatched' | 'dropped' | 'ignored';
  reason: string | null;
  received_at: number;
}

export interface ConnectStateRow {
  hash: string;
  app_id: AppId;
  system: string;
  input: string;
  browser_hash: string | null;
  integration_id: IntegrationId;
  became: IntegrationId | null;
  arrives_at: string | null;
  problem: string | null;
  expires_at: number;
  used_at: number | null;
}
