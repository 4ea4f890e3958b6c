import { z } from 'zod';
import type { RawRequest } from '../inbound.ts';

/** A slash command. Slack sends more; what is deprecated we do not read, but for the name of a member who is not known yet. */
const Command = z.object({
  command: z.string(),
  text: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  user_name: z.string().default('agent'),
  trigger_id: z.string().min(1),
});
export type Command = z.infer<typeof Command>;

const Envelope = z.looseObject({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event_id: z.string(),
  event: z.looseObject({ type: z.string() }),
});
export type Envelope = z.infer<typeof Envelope>;

const Challenge = z.object({ type: z.literal('url_verification'), challenge: z.string() });

/** What Slack sends, by what we do with it. */
export type Payload =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'event'; readonly envelope: Envelope }
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'other' };

/** Reads a body: commands come as forms, events as JSON. */
export function payloadOf(raw: RawRequest): Payload {
  const text = Buffer.from(raw.body).toString('utf8');
  const isForm = raw.headers['content-type']?.includes('application/x-www-form-urlencoded') === true;
  if (isForm) return toPayload(Object.fromEntries(new URLSearchParams(text)));
  try {
    return toPayload(JSON.parse(text));
  } catch {
    return { kind: 'other' };
  }
}

/** The same of what comes over a socket, where it is JSON already. */
export function toPayload(value: unknown): Payload {
  const command = Command.safeParse(value);
  if (command.success) return { kind: 'command', command: command.data };
  const envelope = Envelope.safeParse(value);
  if (envelope.success) return { kind: 'event', envelope: envelope.data };
  const challenge = Challenge.safeParse(value);
  return challenge.success ? { kind: 'challenge', challenge: challenge.data.challenge } : { kind: 'other' };
}

/** The workspace that a payload is for. */
export function teamOf(payload: Payload): string | undefined {
  if (payload.kind === 'command') return payload.command.team_id;
  return payload.kind === 'event' ? payload.envelope.team_id : undefined;
}
