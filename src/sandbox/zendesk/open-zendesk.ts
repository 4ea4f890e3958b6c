import { join } from 'node:path';
import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { createAccounts, UnknownAccount } from '../accounts.ts';
import { json, send } from '../answer.ts';
import { bodyAs, toExchange } from '../exchange.ts';
import { createRequestLog } from '../request-log.ts';
import { pressAllow } from '../press-allow.ts';
import type { Vendor, VendorDeps } from '../vendor.ts';
import { type Seed, seedAccount, type Seeded, SubdomainInvalid } from './account/seed.ts';
import { accountState } from './account/session.ts';
import { createControl, type ZendeskControl } from './control/control.ts';
import { answerSite, type SiteDeps } from './site.ts';
import { startDeliverer } from './webhooks/deliverer.ts';

/** The stand-in for Zendesk: any number of accounts, each below `/zendesk/<subdomain>`. */
export interface ZendeskSandbox extends Vendor {
  /** Brings an account into being, or adds redirect addresses to one. @throws {SubdomainInvalid} */
  seed(seed: Seed): Promise<Seeded>;
  /** The tools of one account. They throw `UnknownAccount` when it was not seeded. */
  account(subdomain: string): ZendeskControl;
}

const DEMO = 'acme';

/** Starts the stand-in, with the account `acme`. */
export async function openZendesk(deps: VendorDeps): Promise<ZendeskSandbox> {
  const accounts = createAccounts({ db: deps.db, vendor: 'zendesk', clock: deps.clock, state: accountState });
  const log = createRequestLog(deps.db, 'zendesk');
  await seedAccount(accounts, { subdomain: DEMO });
  const deliverer = startDeliverer({ accounts, clock: deps.clock });
  const closing = new AbortController();
  const site: SiteDeps = { accounts, log, clock: deps.clock, closing: closing.signal, kick: deliverer.kick };
  const account = (subdomain: string): ZendeskControl => createControl({ ...site, subdomain, url: `${deps.url}/${subdomain}` });
  const seed = (input: Seed): Promise<Seeded> => seedAccount(accounts, input);
  return {
    name: 'zendesk',
    label: 'Zendesk',
    toAnswer: 'open the ticket, and send: We are on it!',
    routes: routes(site, seed, account),
    seed,
    account,
    async demo() {
      const url = `${deps.url}/${DEMO}`;
      return { page: `${url}/agent`, api: url, token: await account(DEMO).adminToken() };
    },
    owner: {
      async fields({ redirectUri }) {
        const { client } = await seed({ subdomain: DEMO, redirectUris: [redirectUri] });
        return { subdomain: DEMO, clientId: client.identifier, clientSecret: client.secret ?? '' };
      },
      allow: (url) => pressAllow(url, '../authorizations'),
    },
    async close() {
      closing.abort();
      await deliverer.close();
    },
  };
}

function routes(site: SiteDeps, seed: ZendeskSandbox['seed'], account: ZendeskSandbox['account']): Router {
  const router = Router();
  for (const asset of ['agent.css', 'agent.js']) {
    router.get(`/-/${asset}`, (_request, response) => response.sendFile(join(import.meta.dirname, 'page', asset)));
  }
  router.use(express.raw({ type: () => true, limit: '64mb' }));
  router.post('/:subdomain/sandbox/seed', (request, response) => seedOverHttp(seed, request, response));
  router.use('/:subdomain', (request, response) =>
    answerOrNoHelpDesk(site, account(request.params.subdomain), request, response),
  );
  return router;
}

async function answerOrNoHelpDesk(
  site: SiteDeps,
  control: ZendeskControl,
  request: Request<object>,
  response: Response,
): Promise<void> {
  try {
    await answerSite(site, control, toExchange(request), response);
  } catch (error) {
    if (!(error instanceof UnknownAccount)) throw error;
    const title = `No help desk at ${control.subdomain}.zendesk.com`;
    send(response, json(404, { error: { title, message: 'There is no help desk configured at this address.' } }));
  }
}

const seedBody = z.object({ redirectUris: z.array(z.url()).optional() });

async function seedOverHttp(
  seed: ZendeskSandbox['seed'],
  request: Request<{ subdomain: string }>,
  response: Response,
): Promise<void> {
  const parsed = bodyAs(toExchange(request), seedBody);
  if (!parsed?.success)
    return send(response, json(422, { error: 'Invalid', description: 'redirectUris must be a list of addresses' }));
  try {
    const { redirectUris } = parsed.data;
    const seeded = await seed({ subdomain: request.params.subdomain, ...(redirectUris && { redirectUris }) });
    send(response, json(201, seeded));
  } catch (error) {
    if (!(error instanceof SubdomainInvalid)) throw error;
    send(response, json(422, { error: 'Invalid', description: error.message }));
  }
}
