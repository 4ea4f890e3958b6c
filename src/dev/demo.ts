import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { systems } from '../../activities/systems.ts';
import { ensureApp } from '../db/apps.ts';
import { toId } from '../domain/ids.ts';
import type { AppId } from '../domain/ids.ts';
import { MINUTE } from '../domain/time.ts';
import type { Owner, Vendor } from '../sandbox/vendor.ts';
import type { Wiring } from '../wiring.ts';
import { DEMO_USER } from './greeting.ts';
import type { Say } from './say.ts';

export interface DemoApp {
  readonly appId: string;
  readonly keyId: string;
  readonly secret: string;
}

interface Demo {
  readonly wiring: Pick<Wiring, 'db' | 'vault'> & {
    readonly config: Pick<Wiring['config'], 'publicUrl'>;
    readonly ports: Pick<Wiring['ports'], 'clock'>;
  };
  readonly app: DemoApp;
  readonly vendors: readonly Vendor[];
  readonly say: Say;
}

/** Makes the demo app, with an app user, and connects it to every vendor's stand-in as a person would. */
export async function prepareDemo({ wiring, app, vendors, say }: Demo): Promise<void> {
  const { db, vault, config, ports } = wiring;
  await ensureApp(db, vault, { ...app, appId: toId<AppId>(app.appId), name: 'Demo', now: ports.clock.now() });
  const api = apiOf(config.publicUrl, app);
  await api('POST', '/appusers', { userId: DEMO_USER, givenName: 'Ann', surname: 'Lee' });
  for (const { name, label, owner } of vendors)
    if (owner !== undefined && systems.some((system) => system.name === name))
      await connect(api, { name, label, owner, publicUrl: config.publicUrl, say });
}

type Api = (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>;

/** The demo uses the API as everybody does. */
function apiOf(publicUrl: string, { keyId, secret }: DemoApp): Api {
  const authorization = `Basic ${Buffer.from(`${keyId}:${secret}`).toString('base64')}`;
  return async (method, path, body) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await fetch(`${publicUrl}/v1.1${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await answer.json();
  };
}

const Integration = z.object({
  _id: z.string(),
  type: z.string(),
  status: z.string(),
  connectUrl: z.string().optional(),
  problem: z.string().nullish(),
});
const Integrations = z.object({ integrations: z.array(Integration) });
const OneIntegration = z.object({ integration: Integration });

interface Connecting {
  readonly name: string;
  readonly label: string;
  readonly owner: Owner;
  readonly publicUrl: string;
  readonly say: Say;
}

/** Connects one vendor by the redirects that a browser follows, unless it is connected. */
async function connect(api: Api, { name, label, owner, publicUrl, say }: Connecting): Promise<void> {
  const { integrations } = Integrations.parse(await api('GET', `/integrations?types=${name}`));
  if (!integrations.some(({ status }) => status === 'connected' || status === 'connecting')) {
    say(`connecting the sandbox ${label} to the demo app`);
    const fields = await owner.fields({
      redirectUri: `${publicUrl}/connect/${name}/return`,
      hookUrl: `${publicUrl}/hooks/${name}`,
    });
    const { integration } = OneIntegration.parse(await api('POST', '/integrations', { type: name, ...fields }));
    await browse(integration.connectUrl ?? '', owner);
  }
  await untilConnected(api, name, label);
}

/** What a person does in a browser: opens the link, allows what is asked for, and comes back. */
async function browse(connectUrl: string, owner: Owner): Promise<void> {
  const leaving = await fetch(connectUrl, { redirect: 'manual' });
  const cookie = leaving.headers
    .getSetCookie()
    .map((set) => set.split(';')[0])
    .join('; ');
  const back = await owner.allow(leaving.headers.get('location') ?? '');
  const returned = await fetch(back, { headers: { cookie }, redirect: 'manual' });
  if (returned.status >= 400) throw new Error(`the sandbox could not be connected: ${await returned.text()}`);
}

async function untilConnected(api: Api, name: string, label: string): Promise<void> {
  for (const deadline = Date.now() + MINUTE; Date.now() < deadline; await sleep(250)) {
    const { integrations } = Integrations.parse(await api('GET', `/integrations?types=${name}`));
    if (integrations.some(({ status }) => status === 'connected')) return;
  }
  throw new Error(`the sandbox ${label} was not set up within a minute; see the logs`);
}
