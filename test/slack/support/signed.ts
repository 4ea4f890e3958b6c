import type { RawRequest } from '../../../activities/inbound.ts';
import { sign } from '../../../activities/slack/signature.ts';

export const SIGNING_SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

/** A request as Slack signs it. @param now epoch milliseconds. */
export function signed(body: string, now: number, contentType = 'application/json', secret = SIGNING_SECRET): RawRequest {
  const timestamp = String(Math.floor(now / 1_000));
  const bytes = Buffer.from(body);
  const headers = {
    'content-type': contentType,
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': sign(secret, timestamp, bytes),
  };
  return { method: 'POST', headers, query: {}, body: bytes };
}

const COMMAND = {
  token: 'deprecated',
  team_id: 'T1',
  team_domain: 'acme',
  channel_id: 'C1',
  channel_name: 'sk-ann-lee-abcd',
  user_id: 'U7',
  user_name: 'ben',
  command: '/sk',
  response_url: 'https://hooks.slack.com/commands/1/2/3',
  trigger_id: '13345224609.738474920.8088930838d88f008e0',
  api_app_id: 'A1',
};

/** A command as an agent types it. */
export const typed = (text: string, now: number, more: Partial<typeof COMMAND> = {}, secret = SIGNING_SECRET): RawRequest =>
  signed(new URLSearchParams({ ...COMMAND, ...more, text }).toString(), now, 'application/x-www-form-urlencoded', secret);
