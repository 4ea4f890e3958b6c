import { createServer } from 'node:http';
import { Pool } from 'pg';
import { preparing } from '../../src/db/prepared.ts';
import { createClock } from '../../src/sandbox/clock.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { listen } from '../support/listen.ts';
import { z } from 'zod';

const Ask = z.object({ subdomain: z.string(), redirectUri: z.string(), settings: z.record(z.string(), z.number()) });

/** The vendors' stand-ins in a process of their own, as `npm start` and the compose file have them, with a door for the benchmark. */
const pool = new Pool({ connectionString: process.env['SANDBOX_DATABASE_URL'], max: 10 });
const server = createServer();
const url = await listen(server);
const sandbox = await createSandbox({ db: preparing(pool), clock: createClock(), publicUrl: url });
server.on('request', sandbox.app);
process.on('message', (message: unknown) => void open(message));
process.send?.({ url });

async function open(message: unknown): Promise<void> {
  const { subdomain, redirectUri, settings } = Ask.parse(message);
  const { client } = await sandbox.vendors.zendesk.seed({ subdomain, redirectUris: [redirectUri] });
  await sandbox.vendors.zendesk.account(subdomain).set(settings);
  process.send?.({ subdomain, clientId: client.identifier, clientSecret: client.secret ?? '' });
}
