import { callOut, type Outcome } from '../../call-out.ts';
import { unix } from '../workspace/session.ts';
import type { App } from './app.ts';
import { signature } from './directory.ts';

export interface AppRequest {
  readonly app: App;
  readonly url: string;
  readonly body: string;
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly headers?: Readonly<Record<string, string>>;
  /** Epoch milliseconds of the sandbox clock; what is signed. */
  readonly now: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Sends an app a request, signed with its secret. Never throws. */
export function sendToApp({ app, url, body, contentType, headers, now, ...call }: AppRequest): Promise<Outcome> {
  const timestamp = unix(now);
  return callOut({
    ...call,
    url,
    method: 'POST',
    body,
    headers: {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...headers,
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': signature(app.signing_secret, timestamp, body),
    },
  });
}
