import { describe, expect, it } from 'vitest';
import { anApi, aUser, say } from '../api/support/an-api.ts';
import { createClient } from '../api/support/client.ts';

describe('the metrics of the API', () => {
  const api = anApi();
  const shown = (): Promise<string> => api().metrics.registry.metrics();

  it('measure requests by their route, not by their address', async () => {
    const user = await aUser(api.send);
    await say(api.send, user, 'x');
    await api.send('GET', `/apps/${api().app.appId}/appusers/${user}/messages`);
    await api.send('GET', `/appusers/nobody/messages`);
    await createClient(api().url)('GET', '/V1.1/appusers/ann/messages?secret=1');
    await createClient(api().url)('GET', '/no/such/place');
    await createClient(api().url)('POST', '/hooks/zendesk/000000000000000000000000', {});
    const routes = new Set([...(await shown()).matchAll(/http_request_seconds_count\{(.*?)\}/g)].map(([, labels]) => labels));
    expect(routes).toEqual(
      new Set([
        'method="POST",route="/v1.1/appusers",status="2xx"',
        'method="POST",route="/v1.1/appusers/*user/messages",status="2xx"',
        'method="GET",route="/v1.1/appusers/*user/messages",status="2xx"',
        'method="GET",route="/v1.1/appusers/*user/messages",status="4xx"',
        'method="GET",route="none",status="4xx"',
        'method="POST",route="/hooks/:system",status="4xx"',
      ]),
    );
  });

  it('do not measure probes', async () => {
    await createClient(api().url)('GET', '/healthz');
    expect(await shown()).not.toContain('healthz');
  });

  it('count a message once, however often it is sent', async () => {
    const user = await aUser(api.send);
    const before = await accepted();
    await say(api.send, user, 'x', { _clientId: 'c-1' });
    await say(api.send, user, 'x', { _clientId: 'c-1' });
    expect(await accepted()).toBe(before + 1);
  });

  const accepted = async (): Promise<number> =>
    Number(/^deskbridge_messages_accepted_total\{from="api"\} (\d+)$/m.exec(await shown())?.[1] ?? 0);
});

describe('the log of the API', () => {
  const api = anApi();
  const logged = (): readonly string[] => api().log.lines;

  it('has one line a request, with its route, status, time, id and app', async () => {
    const user = await aUser(api.send);
    await say(api.send, user, 'x');
    await api.send('GET', `/appusers/${user}/messages?before=1`, undefined, { 'X-Request-Id': 'r-7' });
    const [line, ...others] = logged().filter((text) => text.includes('"msg":"answered"') && text.includes('r-7'));
    expect(others).toEqual([]);
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      requestId: 'r-7',
      app: api().app.appId,
      method: 'GET',
      route: '/v1.1/appusers/*user/messages',
      status: 200,
      ms: expect.any(Number),
    });
    expect(line).not.toContain(user);
  });

  it('says which message was accepted, and in which request', async () => {
    const user = await aUser(api.send);
    const reply = await say(api.send, user, 'planted words');
    const line = logged().findLast((text) => text.includes('a message was accepted')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      requestId: reply.headers.get('x-request-id'),
      app: api().app.appId,
      conversation: reply.at('conversation', '_id'),
      message: reply.at('message', '_id'),
      seq: 1,
      role: 'appUser',
    });
    expect(logged().join('')).not.toContain('planted');
  });
});
