import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import type { BusinessSystem } from '../../../activities/business-system.ts';
import { ConnectRefused } from '../../../activities/system-error.ts';
import { zendesk } from '../../../activities/zendesk/index.ts';
import { SECOND } from '../../../src/domain/time.ts';
import { end, listen } from '../../support/listen.ts';

const Descriptor = z.object({ self: z.string(), callback: z.string() });
const Said = z.object({ account: z.string() });
const Posted = z.object({ key: z.string() });

/** A system that is connected by an install link. Its host says whether a key is good. */
export function installable(host: () => string): BusinessSystem {
  return {
    ...zendesk,
    name: 'installable',
    facts: {
      ...zendesk.facts,
      label: 'Chatter',
      connectFlow: { kind: 'install', fields: [{ name: 'room', label: 'Room', type: 'text', required: true }] },
    },
    connect: {
      installUrl: ({ input, descriptorUrl }) => {
        if (input['room'] === 'closed') throw new ConnectRefused('expected a room that is open', { field: 'room' });
        return `${host()}/install?${new URLSearchParams({ url: descriptorUrl }).toString()}`;
      },
      descriptor: ({ descriptorUrl, callbackUrl }) => ({ self: descriptorUrl, callback: callbackUrl }),
      installed: async ({ input, body }, http) => {
        const { key } = Posted.parse(body);
        const url = `${host()}/accounts?${new URLSearchParams({ key }).toString()}`;
        const { status, text } = await http({ method: 'GET', url, writes: false, timeoutMs: 5 * SECOND });
        if (status !== 200) throw new ConnectRefused('Chatter does not know what was posted. Install it again.');
        const { account } = Said.parse(JSON.parse(text));
        return {
          accountKey: account,
          data: { room: input['room'] ?? '' },
          grant: { credentials: { key } },
          displayName: `Chatter ${account}`,
        };
      },
    },
  };
}

/** What we answered to a host, and where it posted. */
const Allowed = z.object({ status: z.number(), text: z.string(), callback: z.string() });

/** A person allows it at an install link: the host reads the descriptor and posts a key. */
export const allow = async (link: string, key: string): Promise<z.infer<typeof Allowed>> =>
  Allowed.parse(await (await fetch(`${link}&key=${key}`)).json());

/** Such a system's host: it knows keys that begin with `good-`, whose rest is the account. Call it at the top of a `describe`. */
export function aHost(): { readonly url: () => string } {
  let url = '';
  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => response.writeHead(status).end(JSON.stringify(body)));
  });
  beforeAll(async () => {
    url = await listen(server);
  });
  afterAll(() => end(server));
  return { url: () => url };
}

async function answer({ url = '' }: IncomingMessage): Promise<readonly [number, unknown]> {
  const { pathname, searchParams } = new URL(url, 'http://host.test');
  const key = searchParams.get('key') ?? '';
  if (pathname === '/accounts') return key.startsWith('good-') ? [200, { account: key.slice(5) }] : [401, {}];
  const read = await fetch(searchParams.get('url') ?? '');
  if (!read.ok) return [200, { status: read.status, text: await read.text(), callback: '' }];
  const { callback } = Descriptor.parse(await read.json());
  const posted = await post(callback, { key });
  return [200, { status: posted.status, text: await posted.text(), callback }];
}

/** Posts to a callback address, as anybody could. */
export const post = (address: string, body: unknown): Promise<Response> =>
  fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
