import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createAccounts } from '../../accounts.ts';
import type { SandboxClock } from '../../clock.ts';
import type { SandboxDb } from '../../tables.ts';
import { teamNumber } from '../workspace/session.ts';
import { type App, apps } from './app.ts';
import { type ManifestInput, manifestSchema } from './manifest.ts';

/** All apps, in whatever workspaces they are installed. Kept in the database; reading is from memory. */
export interface Directory {
  all(): readonly App[];
  app(id: string): App | undefined;
  byClientId(clientId: string): App | undefined;
  byAppToken(token: string): App | undefined;
  /** Makes an app as its maker does: by a manifest. @throws {ZodError} */
  create(home: string, manifest: ManifestInput): Promise<App>;
  /** @throws {Error} when there is no such app */
  change(id: string, change: Partial<Omit<App, 'id'>>): Promise<App>;
}

const ACCOUNT = 'all';

export async function openDirectory(deps: { readonly db: SandboxDb; readonly clock: SandboxClock }): Promise<Directory> {
  const accounts = createAccounts({ ...deps, vendor: 'slack-apps', state: z.object({}) });
  await accounts.create(ACCOUNT, {});
  const known = new Map((await accounts.documents(ACCOUNT).list(apps)).map((app) => [app.id, app]));
  const save = async (app: App): Promise<App> => {
    await accounts.write(ACCOUNT, ({ store }) => store.put(apps, app));
    known.set(app.id, app);
    return app;
  };
  const find = (fits: (app: App) => boolean): App | undefined => [...known.values()].find(fits);
  return {
    all: () => [...known.values()],
    app: (id) => known.get(id),
    byClientId: (clientId) => find((app) => app.client_id === clientId),
    byAppToken: (token) => find((app) => app.app_tokens.some((own) => own.token === token)),
    async create(home, manifest) {
      const seq = await accounts.write(ACCOUNT, async (session) => session.nextId());
      return save(newApp(home, seq, manifestSchema.parse(manifest)));
    },
    async change(id, change) {
      const app = known.get(id);
      if (!app) throw new Error(`no such app [id=${id}]`);
      return save({ ...app, ...change });
    },
  };
}

const secret = (bytes: number): string => randomBytes(bytes).toString('hex');

function newApp(home: string, seq: number, manifest: App['manifest']): App {
  const id = `A${seq.toString(36).toUpperCase()}`;
  return {
    id,
    home,
    client_id: `${teamNumber(home)}.${seq}`,
    client_secret: secret(16),
    signing_secret: secret(16),
    verification_token: randomBytes(18).toString('base64url'),
    app_tokens: [{ token: `xapp-1-${id}-${seq}-${secret(32)}`, scopes: ['connections:write'] }],
    manifest,
    verified_url: null,
    seq,
  };
}

/** The signature of a request: `v0=` and HMAC-SHA256 in hex over version, seconds and body. */
export const signature = (key: string, timestamp: number, body: string): string =>
  `v0=${createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex')}`;
