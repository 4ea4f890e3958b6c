import { afterAll, beforeAll } from 'vitest';
import { startApi } from './api-server.ts';
import type { ApiServer, ApiServerOptions } from './api-server.ts';
import { basic, createClient } from './client.ts';
import type { Client, Reply } from './client.ts';

export interface TestApi {
  /** What runs. */
  (): ApiServer;
  /** With the app's key, below `/v1.1`. */
  readonly send: Client;
}

/** The API for a test file: started before its tests, gone after them. Call it at the top of a `describe`. */
export function anApi(options: ApiServerOptions = {}): TestApi {
  let running: ApiServer | undefined;
  beforeAll(async () => {
    running = await startApi(options);
  });
  afterAll(() => running?.close());
  const server = (): ApiServer => {
    if (running === undefined) throw new Error('the API is there within tests only');
    return running;
  };
  const send: Client = (...request) => createClient(`${server().url}/v1.1`, basic(server().app))(...request);
  return Object.assign(server, { send });
}

let users = 0;

/** A new app user. @returns the `userId`. */
export async function aUser(send: Client, profile: Readonly<Record<string, unknown>> = {}): Promise<string> {
  users += 1;
  const userId = `user-${users}`;
  await send('POST', '/appusers', { userId, ...profile });
  return userId;
}

/** Says something as the app user, or as the app's owner. */
export const say = (send: Client, user: string, text: string, more: Readonly<Record<string, unknown>> = {}): Promise<Reply> =>
  send('POST', `/appusers/${user}/messages`, { role: 'appUser', text, ...more });
