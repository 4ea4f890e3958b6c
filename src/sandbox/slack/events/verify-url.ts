import { randomBytes } from 'node:crypto';
import { isSuccess } from '../../call-out.ts';
import type { App } from '../apps/app.ts';
import { sendToApp } from '../apps/request.ts';

interface Verifying {
  readonly app: App;
  readonly url: string;
  readonly now: number;
  readonly timeoutMs: number;
}

/** Whether an address for events answers its challenge, bare or as JSON. */
export async function verifyUrl({ app, ...to }: Verifying): Promise<boolean> {
  const challenge = randomBytes(20).toString('hex');
  const body = JSON.stringify({ token: app.verification_token, challenge, type: 'url_verification' });
  const outcome = await sendToApp({ ...to, app, body, contentType: 'application/json' });
  return isSuccess(outcome) && answered(outcome.response) === challenge;
}

function answered(response: string): unknown {
  try {
    const value: unknown = JSON.parse(response);
    return typeof value === 'object' && value !== null && 'challenge' in value ? value.challenge : value;
  } catch {
    return response.trim();
  }
}
