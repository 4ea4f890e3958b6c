import { createHash } from 'node:crypto';
import { authorizeUrl, exchange } from '../../../activities/zendesk/connect.ts';
import { zendesk } from '../../../activities/zendesk/index.ts';
import { storeConnected } from '../../../src/db/integrations/connect.ts';
import { removeIntegration } from '../../../src/db/integrations/remove.ts';
import { newId } from '../../../src/db/new-id.ts';
import type { AppId, IntegrationId } from '../../../src/domain/ids.ts';
import { pressAllow } from '../../../src/sandbox/press-allow.ts';
import { install } from '../../engine/support/zendesk-world.ts';
import type { SandboxServer, ZendeskWorld } from '../../engine/support/zendesk-world.ts';

/** Connects the world's Zendesk to an app, as the connect flow leaves it: nothing is set up yet. */
export async function connect(world: ZendeskWorld, app: AppId = world.app): Promise<IntegrationId> {
  const { db, vault, clock } = world;
  const accountKey = world.zendesk.subdomain;
  const connected = {
    accountKey,
    data: { connectedAs: 'Ada Admin' },
    grant: { credentials: { accessToken: await world.zendesk.issueToken() } },
    displayName: `Zendesk ${accountKey}`,
  };
  const connection = { app, system: zendesk, connected, integration: newId<IntegrationId>(), now: clock.now() };
  return await db.transaction().execute((tx) => storeConnected(tx, vault, connection));
}

/** Connects it as a person does who allows what Deskbridge asks for: with a token that expires and one that renews it. */
export async function connectByOAuth(server: SandboxServer, world: ZendeskWorld): Promise<void> {
  const { subdomain } = world.zendesk;
  const redirectUri = 'http://127.0.0.1:1/connect/zendesk/return';
  const { client } = await server.sandbox.vendors.zendesk.seed({ subdomain, redirectUris: [redirectUri] });
  const input = { subdomain, clientId: client.identifier, clientSecret: client.secret ?? '' };
  const common = { input, operator: world.ports.settings.operator('zendesk'), redirectUri };
  const codeVerifier = 'a verifier of at least forty-three characters, as PKCE wants';
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const location = await pressAllow(authorizeUrl({ ...common, state: 's', codeChallenge }), '../authorizations');
  const code = new URL(location).searchParams.get('code') ?? '';
  const connected = await exchange({ ...common, code, codeVerifier, now: world.clock.now() }, world.ports.http);
  const connection = { app: world.app, system: zendesk, connected, integration: newId<IntegrationId>(), now: world.clock.now() };
  await world.db.transaction().execute((tx) => storeConnected(tx, world.vault, connection));
  await install(world, subdomain);
}

/** Removes the integration that an app has. What is to be done about it is done by `install`. */
export async function leave(world: ZendeskWorld, app: AppId = world.app): Promise<void> {
  const { db, clock } = world;
  const { id } = await db.selectFrom('integrations').select('id').where('app_id', '=', app).executeTakeFirstOrThrow();
  await removeIntegration(db, { app, id, now: clock.now() });
}

export async function anotherApp({ db, clock }: ZendeskWorld): Promise<AppId> {
  clock.advance(1);
  const id = newId<AppId>();
  await db.insertInto('apps').values({ id, name: 'Another', created_at: clock.now() }).execute();
  return id;
}

export const statusesOf = async ({ db }: ZendeskWorld): Promise<readonly string[]> =>
  (await db.selectFrom('integrations').select('status').orderBy('created_at').execute()).map(({ status }) => status);
