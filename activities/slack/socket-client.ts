import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import { SECOND } from '../../src/domain/time.ts';
import type { Ear } from '../listener.ts';
import { CredentialsRevoked, Unavailable } from '../system-error.ts';
import { Code, slackUrl } from './client.ts';
import { REVOKED } from './refusals.ts';

const Refresh = z.object({ type: z.literal('disconnect'), reason: z.enum(['warning', 'refresh_requested']) });

/**
 * Slack's client for one connection. It neither tries again nor comes back on its own: what it does then, nobody can wait for or
 * catch. Emits `refresh` when Slack asks to come back by another connection, and `disconnected` when this one is over.
 */
export class SocketClient extends SocketModeClient {
  constructor(ear: Ear) {
    super({
      appToken: ear.operator['appToken'] ?? '',
      autoReconnectEnabled: false,
      clientOptions: {
        slackApiUrl: `${slackUrl(ear)}/api/`,
        allowAbsoluteUrls: false,
        timeout: 10 * SECOND,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        fetch: (url, init) =>
          fetch(url, { ...init, signal: AbortSignal.any([ear.signal, ...(init?.signal ? [init.signal] : [])]) }),
      },
      logger: quiet(ear),
    });
  }

  /** Left to itself, it closes the connection when it is asked to refresh, and what arrives until the next one opens is lost. */
  protected override async onWebSocketMessage(data: string | ArrayBuffer, isBinary: boolean): Promise<void> {
    if (typeof data === 'string' && isRefresh(data)) this.emit('refresh');
    // Its rejection would be nobody's.
    else await super.onWebSocketMessage(data, isBinary).catch((error: unknown) => this.emit('error', error));
  }

  /** @throws {CredentialsRevoked} with Slack's code. @throws {Unavailable} also when it is disconnected meanwhile. */
  override async start(): ReturnType<SocketModeClient['start']> {
    const late = setTimeout(() => void this.disconnect(), START_MS);
    try {
      return await super.start();
    } catch (cause) {
      throw whyNot(cause);
    } finally {
      clearTimeout(late);
    }
  }
}

const START_MS = 30 * SECOND;

function isRefresh(data: string): boolean {
  try {
    return Refresh.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

const Refusal = z.object({ data: z.object({ error: Code }) });

function whyNot(cause: unknown): Error {
  const said = Refusal.safeParse(cause).data?.data.error;
  if (said === undefined) return new Unavailable('Slack opens no socket', { cause });
  if (!REVOKED.has(said)) return new Unavailable(`Slack opens no socket: ${said}`);
  return new CredentialsRevoked(`Slack does not take SLACK_APP_TOKEN (${said}): it needs another app-level token`);
}

/** What the client tells may hold the address of a connection, which is as good as a key. */
function quiet(ear: Ear) {
  const trouble = (): void => void (ear.signal.aborted || ear.warn('the socket reports trouble'));
  const level = { setLevel: nothing, getLevel: () => LogLevel.WARN, setName: nothing };
  return { debug: nothing, info: nothing, warn: trouble, error: trouble, ...level };
}

const nothing = (): void => undefined;
