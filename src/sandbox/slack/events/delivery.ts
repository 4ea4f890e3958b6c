import { z } from 'zod';
import type { Kind } from '../../store.ts';
import type { App } from '../apps/app.ts';

const attemptSchema = z.object({
  /** Epoch milliseconds. */
  at: z.number(),
  /** Of the answer; null when there was none. */
  status: z.number().nullable(),
  /** Why it failed, as `x-slack-retry-reason` says; null when it did not. */
  reason: z.enum(['http_timeout', 'http_error', 'connection_failed', 'no_connection']).nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

const callSchema = z.object({
  /** `Ev…`: the event's id. */
  id: z.string(),
  seq: z.number(),
  app_id: z.string(),
  /** What an app subscribes to: `message.channels`. */
  subscription: z.string(),
  /** The event itself. */
  event: z.record(z.string(), z.json()),
  /** `lost`: a scripted fault swallowed it. */
  status: z.enum(['pending', 'success', 'failed', 'lost']),
  created_at: z.number(),
  attempts: z.array(attemptSchema),
});

/** One event for one app, with all attempts to deliver it. */
export type EventCall = z.infer<typeof callSchema>;

export const eventCalls: Kind<EventCall> = {
  name: 'event',
  schema: callSchema,
  id: (call) => call.id,
  group: (call) => call.app_id,
  position: (call) => call.seq,
};

/** Whether an app asked for an event, and has said where to. */
export function isSubscribed({ manifest }: App, { subscription }: EventCall): boolean {
  const { event_subscriptions, socket_mode_enabled } = manifest.settings;
  if (!event_subscriptions?.bot_events.includes(subscription)) return false;
  return socket_mode_enabled || event_subscriptions.request_url !== undefined;
}

const deliverySchema = z.object({
  id: z.number(),
  call_id: z.string(),
  due_at: z.number(),
  /** Whether scripted faults have been asked for. */
  prepared: z.boolean(),
});

/** An event that is still to be delivered. Kept until it is over, so that a restart loses none. */
export type Delivery = z.infer<typeof deliverySchema>;

export const deliveries: Kind<Delivery> = {
  name: 'delivery',
  schema: deliverySchema,
  id: (delivery) => delivery.id,
  position: (delivery) => delivery.due_at,
};
