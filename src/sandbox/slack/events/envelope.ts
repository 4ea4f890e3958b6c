import type { App } from '../apps/app.ts';
import { unix } from '../workspace/session.ts';
import type { EventCall } from './delivery.ts';

interface Enveloping {
  readonly team: string;
  readonly app: App;
  readonly call: EventCall;
  readonly botUser: string;
  readonly now: number;
}

/** An event with what Slack puts around it. The same for every attempt. */
export const envelopeOf = ({ team, app, call, botUser }: Enveloping): string =>
  JSON.stringify({
    token: app.verification_token,
    team_id: team,
    context_team_id: team,
    context_enterprise_id: null,
    api_app_id: app.id,
    event: call.event,
    type: 'event_callback',
    event_id: call.id,
    event_time: unix(call.created_at),
    authorizations: [{ enterprise_id: null, team_id: team, user_id: botUser, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: false,
    event_context: `4-${Buffer.from(`${call.id}:${app.id}`).toString('base64url')}`,
  });
