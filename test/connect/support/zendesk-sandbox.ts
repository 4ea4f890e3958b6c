import { createServer } from 'node:http';
import pg from 'pg';
import { createClock } from '../../../src/sandbox/clock.ts';
import type { FaultScript } from '../../../src/sandbox/faults.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { emptyDatabase } from '../../support/database.ts';
import { listen } from '../../support/listen.ts';

/** A stand-in for Zendesk with a fresh account, to be connected. */
export interface ZendeskSandbox {
  /** With `{subdomain}` in it, as the operator sets it. */
  readonly address: string;
  /** Makes an account. @returns what a person types in to connect it. */
  seed(subdomain: string, redirectUri: string): Promise<{ subdomain: string; clientId: string; clientSecret: string }>;
  /** Makes the next request for tokens fail as the vendor's outage does. */
  breakTokens(subdomain: string): Promise<void>;
  /** Makes a request meet trouble. */
  trouble(subdomain: string, script: FaultScript): Promise<void>;
  close(): Promise<void>;
}

export async function startZendesk(): Promise<ZendeskSandbox> {
  const database = await emptyDatabase();
  const db = new pg.Pool({ connectionString: database.url, max: 6 });
  const server = createServer();
  const url = await listen(server);
  const sandbox = await createSandbox({ db, clock: createClock(), publicUrl: url });
  server.on('request', sandbox.app);
  const { zendesk } = sandbox.vendors;
  return {
    address: `${url}/zendesk/{subdomain}`,
    seed: async (subdomain, redirectUri) => {
      const { client } = await zendesk.seed({ subdomain, redirectUris: [redirectUri] });
      return { subdomain, clientId: client.identifier, clientSecret: client.secret ?? '' };
    },
    breakTokens: async (subdomain) => {
      await zendesk.account(subdomain).addFault({ kind: 'status', method: 'POST', path: '/oauth/tokens', status: 503 });
    },
    trouble: async (subdomain, script) => void (await zendesk.account(subdomain).addFault(script)),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox.close();
      await db.end();
      await database.drop();
    },
  };
}
