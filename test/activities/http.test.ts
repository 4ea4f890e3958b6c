import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp, jsonOf, nameOf, retryAfter } from '../../activities/http.ts';
import type { Http, HttpRequest } from '../../activities/http.ts';
import { OutcomeUnknown, Unavailable } from '../../activities/system-error.ts';
import { end, listen } from '../support/listen.ts';

describe('a request to a system', () => {
  let server: Server;
  let url: string;
  let answer: RequestListener;
  let http: Http & { close(): Promise<void> };
  beforeEach(async () => {
    answer = (_request, response) => response.end('{}');
    server = createServer((request, response) => answer(request, response));
    url = await listen(server);
    http = createHttp({ allowedNetworks: { ranges: ['127.0.0.0/8'] } });
  });
  afterEach(async () => {
    await http.close();
    await end(server);
  });

  const request = (change: Partial<HttpRequest> = {}): HttpRequest => ({
    method: 'POST',
    url,
    writes: true,
    timeoutMs: 2_000,
    ...change,
  });

  it('carries an object as JSON and gives back status, headers and text', async () => {
    answer = (incoming, response) => {
      const type = incoming.headers['content-type'] ?? '';
      incoming
        .setEncoding('utf8')
        .on('data', (body: string) => response.writeHead(201, { 'X-Test': 'a' }).end(`${type} ${body}`));
    };
    expect(await http(request({ body: { a: 1 } }))).toMatchObject({
      status: 201,
      headers: { 'x-test': 'a' },
      text: 'application/json {"a":1}',
    });
  });

  it('does not follow redirects', async () => {
    answer = (_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    expect((await http(request())).status).toBe(302);
  });

  it('is known not to have arrived when nobody listens', async () => {
    await end(server);
    await expect(http(request())).rejects.toThrow(Unavailable);
  });

  it('is known not to have arrived when the name does not exist', async () => {
    await expect(http(request({ url: 'http://no-such-host.invalid/' }))).rejects.toThrow(Unavailable);
  });

  it('may have arrived when the connection ends without an answer', async () => {
    answer = (incoming) => incoming.socket.destroy();
    await expect(http(request())).rejects.toThrow(OutcomeUnknown);
  });

  it('may have arrived when there is no answer in time, and says how long it waited', async () => {
    answer = () => undefined;
    await expect(http(request({ timeoutMs: 100 }))).rejects.toThrow(
      /^POST http:\/\/127\.0\.0\.1:\d+\/: no answer within 0\.1 s$/,
    );
    await expect(http(request({ timeoutMs: 100 }))).rejects.toThrow(OutcomeUnknown);
  });

  it('that only reads is simply unavailable then', async () => {
    answer = () => undefined;
    await expect(http(request({ method: 'GET', writes: false, timeoutMs: 100 }))).rejects.toThrow(Unavailable);
  });

  it('may have arrived when the answer breaks off', async () => {
    answer = (incoming, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => incoming.socket.destroy(), 20);
    };
    await expect(http(request())).rejects.toThrow(OutcomeUnknown);
  });

  it('is given up when the answer is without measure', async () => {
    answer = (_request, response) => {
      const chunk = Buffer.alloc(1024 * 1024);
      const more = (): void => void (response.writable && response.write(chunk, () => more()));
      more();
    };
    await expect(http(request({ timeoutMs: 10_000 }))).rejects.toThrow(OutcomeUnknown);
  });

  it('may have arrived when the other side does not speak HTTP', async () => {
    const odd = createTcpServer((socket) => socket.end('220 smtp ready\r\n'));
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    const address = odd.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await expect(http(request({ url: `http://127.0.0.1:${port}` }))).rejects.toThrow(OutcomeUnknown);
    odd.close();
  });

  it('is cancelled with its activity', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    const pending = http(request(), stop.signal);
    stop.abort();
    await expect(pending).rejects.toThrow(OutcomeUnknown);
  });

  it('is named without its query, which may hold secrets', () => {
    expect(nameOf(request({ url: 'https://desk.example/a?token=s3cret' }))).toBe('POST https://desk.example/a');
  });
});

describe('an answer', () => {
  it('says in seconds or as a date when to come back', () => {
    const now = Date.UTC(2026, 10, 23, 13, 0, 0);
    expect(retryAfter(answered({ 'retry-after': '93' }), now)).toBe(now + 93_000);
    expect(retryAfter(answered({ 'retry-after': 'Mon, 23 Nov 2026 13:05:00 GMT' }), now)).toBe(now + 300_000);
    expect(retryAfter(answered({ 'retry-after': 'Mon, 23 Nov 2026 12:00:00 GMT' }), now)).toBe(now);
    expect(retryAfter(answered({ 'retry-after': 'soon' }), now)).toBeUndefined();
    expect(retryAfter(answered({}), now)).toBeUndefined();
  });

  it('is read as JSON where it is JSON', () => {
    expect(jsonOf(answered({}, '{"a":1}'))).toEqual({ a: 1 });
    expect(jsonOf(answered({}, 'Number of allowed API requests per minute exceeded'))).toBeUndefined();
  });
});

function answered(headers: Readonly<Record<string, string>>, text = '') {
  return { status: 200, headers, text };
}
