import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttp } from '../../activities/http.ts';
import { guardedLookup, refuseUrl, UrlRefused } from '../../activities/url-guard.ts';
import { end, listen } from '../support/listen.ts';

const NOWHERE = { ranges: [] };

describe('an address that a user typed', () => {
  it.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0.0.0.0:3000/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.64.0.1/',
    'http://224.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://[::]/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://user:pass@example.com/',
    'not a url',
    '',
  ])('is refused: %s', (url) => {
    expect(() => refuseUrl(url, NOWHERE)).toThrow(UrlRefused);
  });

  it.each(['https://example.com/hook', 'http://93.184.216.34:8080/', 'https://[2606:2800:220:1::1]/'])('is taken: %s', (url) => {
    expect(() => refuseUrl(url, NOWHERE)).not.toThrow();
  });

  it('may lead into a private network that the operator allows, and no other', () => {
    const allowed = { ranges: ['10.1.0.0/16', 'fd00::/8'] };
    expect(() => refuseUrl('http://10.1.2.3/', allowed)).not.toThrow();
    expect(() => refuseUrl('http://[fd00::1]/', allowed)).not.toThrow();
    expect(() => refuseUrl('http://10.2.0.1/', allowed)).toThrow('DESKBRIDGE_ALLOWED_NETWORKS');
  });
});

describe('a name that leads into a private network', () => {
  const server = createServer((_request, response) => response.end('inside'));
  let port: string;
  beforeEach(async () => {
    port = new URL(await listen(server)).port;
  });
  afterEach(async () => {
    await end(server);
  });

  it('is refused where it is resolved, so that it cannot change its mind between check and use', async () => {
    const http = createHttp({ allowedNetworks: NOWHERE });
    const request = { method: 'POST', url: `http://localhost:${port}/`, writes: true, timeoutMs: 2_000 } as const;
    await expect(http({ ...request, guarded: true })).rejects.toThrow('private or reserved range');
    expect((await http(request)).text).toBe('inside');
    await http.close();
  });

  it('is refused when only one of its addresses is private', async () => {
    const refused = await new Promise<Error | null>((resolve) =>
      guardedLookup(NOWHERE)('localhost', { all: true }, (error) => resolve(error)),
    );
    expect(refused).toBeInstanceOf(UrlRefused);
  });
});
