import { describe, expect, it } from 'vitest';
import { connectTemporal } from '../../src/temporal.ts';
import { temporalAddress } from '../support/temporal.ts';
import { anApi, aUser } from './support/an-api.ts';
import { basic, createClient } from './support/client.ts';

/** A message of so many bytes. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify({ role: 'appUser', text: '' });
  return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
}

async function ping(address: string): Promise<void> {
  const temporal = connectTemporal({ address, namespace: 'default', taskQueue: 'ping', tls: false });
  try {
    await temporal.ping?.();
  } finally {
    await temporal.close();
  }
}

describe('any answer of the API', () => {
  const api = anApi();
  const { send } = api;
  const client = () => createClient(api().url);

  it.each([
    ['GET', '/'],
    ['GET', '/v1.1'],
    ['GET', '/v1.1/nothing'],
    ['GET', '/v2/apps'],
    ['DELETE', '/v1.1/appusers'],
    ['OPTIONS', '/v1.1/appusers'],
    ['POST', '/v1.1/appusers/ann/images'],
  ])('says in JSON that there is nothing: %s %s', async (method, path) => {
    const reply = await client()(method, path);
    expect([reply.status, reply.at('error', 'code')]).toEqual([404, 'not_found']);
    expect(reply.headers.get('content-type')).toContain('application/json');
  });

  it.each(['v1', 'v1.1', 'V1.1'])('is the same below /%s, with and without the app, in any case', async (version) => {
    await aUser(send, { userId: version });
    const ask = createClient(api().url, basic(api().app));
    const paths = [`/${version}/appusers/${version}`, `/${version}/Apps/${api().app.appId}/appUsers/${version}`];
    for (const path of paths) expect((await ask('GET', path)).at('appUser', 'userId')).toBe(version);
  });

  it('carries the id that the request came with, where it is sane, or a new one', async () => {
    const sane = await send('GET', '/nothing', undefined, { 'X-Request-Id': 'trace-1.a:b' });
    expect(sane.headers.get('x-request-id')).toBe('trace-1.a:b');
    for (const given of ['a b<script>', 'x'.repeat(129)]) {
      const { headers } = await send('GET', '/nothing', undefined, { 'X-Request-Id': given });
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await client()('GET', '/healthz')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is not to be kept, framed or guessed at, and does not say what made it', async () => {
    const { headers } = await send('GET', '/webhooks');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
  });

  it('does not keep browsers to HTTPS where it is reached by HTTP', async () => {
    expect((await send('GET', '/webhooks')).headers.get('strict-transport-security')).toBeNull();
  });

  it.each([
    ['cut off', '{"role":"appUser",'],
    ['no JSON', 'role=appUser&text=x'],
    ['what smooch-core sends for a form on Node 18 and later', '[object FormData]'],
    ['a number', '5'],
    ['a list', '[]'],
    ['a string', '"text"'],
    ['null', 'null'],
  ])('names the fault of a body that is %s', async (_what, body) => {
    const user = await aUser(send);
    const refused = await send('POST', `/appusers/${user}/messages`, body);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
    expect(refused.at('error', 'description')).toMatch(/^(body|role): expected /);
    expect(refused.text).not.toMatch(/at .*\.(js|ts)/);
  });

  it('refuses JSON that is nested without end', async () => {
    const user = await aUser(send);
    const deep = `{"role":"appUser","text":"x","metadata":${'['.repeat(40_000)}${']'.repeat(40_000)}}`;
    const refused = await send('POST', `/appusers/${user}/messages`, deep);
    expect([refused.status, refused.at('error', 'code')]).toEqual([400, 'bad_request']);
  });

  it('takes 100 KB and no more', async () => {
    const user = await aUser(send);
    const path = `/appusers/${user}/messages`;
    expect((await send('POST', path, bodyOf(100 * 1_024))).status).toBe(201);
    const refused = await send('POST', path, bodyOf(100 * 1_024 + 1));
    expect(refused.status).toBe(413);
    expect(refused.body).toEqual({
      error: { code: 'payload_too_large', description: 'body: expected no more than 100 KB' },
    });
  });

  it('takes JSON under any content type', async () => {
    const user = await aUser(send);
    const body = JSON.stringify({ role: 'appUser', text: 'x' });
    const reply = await send('POST', `/appusers/${user}/messages`, body, { 'content-type': 'text/plain' });
    expect(reply.status).toBe(201);
  });

  it('does not read the body of someone unknown', async () => {
    const reply = await client()('POST', '/v1.1/appusers', 'x'.repeat(200_000));
    expect(reply.status).toBe(401);
  });
});

describe('an answer of the API that is reached by HTTPS', () => {
  const api = anApi({ publicUrl: 'https://support.example.com' });

  it('keeps browsers to HTTPS', async () => {
    expect((await api.send('GET', '/webhooks')).headers.get('strict-transport-security')).toBe('max-age=15552000');
  });
});

describe('the API without its database', () => {
  const api = anApi({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' });

  it('says only which request failed, and tells the log more', async () => {
    const reply = await api.send('GET', '/webhooks', undefined, { 'X-Request-Id': 'r-1' });
    expect(reply.status).toBe(500);
    expect(reply.body).toEqual({ error: { code: 'internal_error', description: 'request r-1' } });
    expect(api().log.lines.filter((line) => line.includes('"requestId":"r-1"') && line.includes('ECONNREFUSED'))).toHaveLength(1);
    expect(api().log.lines.join('')).not.toContain(api().app.secret);
  });

  it('is alive, but not ready, and says what is wrong', async () => {
    const ask = createClient(api().url);
    expect((await ask('GET', '/healthz')).status).toBe(200);
    const ready = await ask('GET', '/readyz');
    expect(ready).toMatchObject({ status: 503, body: { status: 'not ready', database: 'down', schema: 'unknown' } });
  });

  it('makes a business system send its request again', async () => {
    const reply = await createClient(api().url)('POST', '/hooks/zendesk/000000000000000000000000', {});
    expect([reply.status, reply.at('error', 'code')]).toEqual([409, 'service_unavailable']);
  });
});

describe('the ping of Temporal', () => {
  const address = temporalAddress();

  it('gets through to a server, and fails without one', async () => {
    await expect(ping(address)).resolves.toBeUndefined();
    await expect(ping('127.0.0.1:1')).rejects.toThrow(/DEADLINE_EXCEEDED|UNAVAILABLE|connect/);
  });
});
