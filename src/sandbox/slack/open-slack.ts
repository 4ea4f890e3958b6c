import { join } from 'node:path';
import express, { Router } from 'express';
import { createAccounts } from '../accounts.ts';
import { toExchange } from '../exchange.ts';
import { createRequestLog } from '../request-log.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import type { App } from './apps/app.ts';
import { demoApp } from './apps/demo-app.ts';
import { openDirectory } from './apps/directory.ts';
import { type ManifestInput, manifestSchema } from './apps/manifest.ts';
import { createControl, type SlackControl } from './control/control.ts';
import type { Deps } from './deps.ts';
import { startDeliverer } from './events/deliverer.ts';
import { answerSite } from './site.ts';
import { openSockets, type Sockets } from './socket/sockets.ts';
import { type Seed, type Seeded, seedWorkspace } from './workspace/seed.ts';
import { teamIdOf, workspaceState } from './workspace/session.ts';

/** The stand-in for Slack: any number of workspaces and apps. */
export interface SlackSandbox extends Vendor {
  /** Brings a workspace into being. @throws {DomainInvalid} */
  seed(seed: Seed): Promise<Seeded>;
  /** The tools of a workspace, by its domain. They throw `UnknownAccount` when it was not seeded. */
  workspace(domain: string): SlackControl;
  /** Makes an app by its manifest. @throws {ZodError} */
  createApp(manifest: ManifestInput): Promise<App>;
  changeApp(id: string, manifest: ManifestInput): Promise<App>;
  readonly sockets: Sockets;
}

const DEMO = 'acme';

/** Starts the stand-in, with the workspace `acme`. */
export async function openSlack({ db, clock, url }: VendorDeps): Promise<SlackSandbox> {
  const workspaces = createAccounts({ db, vendor: 'slack', clock, state: workspaceState });
  const directory = await openDirectory({ db, clock });
  const log = createRequestLog(db, 'slack');
  await seedWorkspace(workspaces, url, { domain: DEMO });
  const sockets = openSockets(url);
  const deliverer = startDeliverer({ workspaces, directory, clock, sockets });
  const closing = new AbortController();
  const common = { workspaces, directory, clock, sockets, url, kick: deliverer.kick };
  const control = (team: string): SlackControl => createControl({ ...common, log }, team);
  const deps: Deps = { ...common, control, serving: { accounts: workspaces, log, clock, closing: closing.signal } };
  const workspace = (domain: string): SlackControl => control(teamIdOf(domain));
  return {
    name: 'slack',
    label: 'Slack',
    toAnswer: 'join the channel #sk-…, and send: /sk We are on it!',
    routes: routes(deps),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    sockets,
    seed: (seed) => seedWorkspace(workspaces, url, seed),
    workspace,
    createApp: (manifest) => directory.create(teamIdOf(DEMO), manifest),
    changeApp: (id, manifest) => directory.change(id, { manifest: manifestSchema.parse(manifest) }),
    async demo() {
      return { page: workspace(DEMO).page, api: `${url}/api`, token: await workspace(DEMO).adminToken() };
    },
    owner: {
      async fields(at) {
        const app = await demoApp(directory, teamIdOf(DEMO), at);
        return { clientId: app.client_id, clientSecret: app.client_secret, signingSecret: app.signing_secret };
      },
      allow: (asked) => workspace(DEMO).allow(asked),
    },
    async close() {
      closing.abort();
      sockets.close();
      await deliverer.close();
    },
  };
}

function routes(deps: Deps): Router {
  const router = Router();
  for (const asset of ['client.css', 'messages.css', 'client.js']) {
    router.get(`/-/${asset}`, (_request, response) => response.sendFile(join(import.meta.dirname, 'page', asset)));
  }
  router.use(express.raw({ type: () => true, limit: '128mb' }));
  router.use((request, response) => answerSite(deps, toExchange(request), response));
  return router;
}
