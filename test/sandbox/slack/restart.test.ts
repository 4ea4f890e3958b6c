import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MINUTE } from '../../../src/domain/time.ts';
import { aProcess } from '../a-process.ts';
import { eventually } from '../receiver.ts';
import { startSandbox, type TestSandbox } from '../start-sandbox.ts';
import { freshDatabase } from '../support.ts';
import { anAppServer } from './hook.ts';
import { aManifest, SCOPES } from './workspace.ts';

const made = z.object({ app_id: z.string() });
const issued = z.object({ token: z.string() });
const acted = z.object({ channel: z.string() });

/** Sends a JSON body to the tools of the sandbox. */
async function tool<T>(url: string, schema: z.ZodType<T>, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return schema.parse(await answer.json());
}

describe('after a SIGKILL', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let restarted: TestSandbox | undefined;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    await restarted?.stop();
    await database.drop();
  });

  it('apps, tokens, channels and messages are there, and events that were due are still delivered', async () => {
    const server = await anAppServer({ status: 500 }, { status: 500 });
    const killed = await aProcess(database.url);
    const tools = `${killed.url}/slack/sandbox`;
    const manifest = aManifest({ hook: server.url, events: ['user_change'] });
    const { app_id } = await tool(`${tools}/apps`, made, { manifest });
    const { token } = await tool(`${tools}/acme/installations`, issued, { app: app_id, scopes: SCOPES });
    const { channel } = await tool(`${tools}/acme/actions`, acted, { as: 'Ben', do: 'createChannel', name: 'kept' });
    await tool(`${tools}/acme/actions`, z.unknown(), { as: 'Ben', do: 'post', channel, text: 'Said before the kill' });
    await tool(`${tools}/acme/faults`, z.unknown(), { kind: 'slow', ms: 1, path: '/auth.test' });
    await tool(`${tools}/acme/actions`, z.unknown(), { as: 'Ben', do: 'profile', display_name: 'Benny' });
    await server.requests(2);
    await killed.kill();

    restarted = await startSandbox(database.url);
    const slack = restarted.slack.workspace('acme');
    const client = new WebClient(token, { slackApiUrl: `${restarted.url}/slack/api/` });
    expect((await client.auth.test()).app_id).toBe(app_id);
    expect((await slack.faults())[0]?.fired).toBe(1);
    expect(await slack.messages('kept')).toMatchObject([{ text: 'Said before the kill' }]);
    restarted.clock.advance(MINUTE);
    expect(await eventually(async () => (await slack.events())[0]?.status === 'success')).toBe(true);
    expect(server.received).toHaveLength(3);
  });
});
