import { sayOnStderr as say } from '../../src/dev/say.ts';
import { findTemporalCli } from '../../src/dev/temporal-cli.ts';
import { findChromium } from './chromium.ts';
import { findTimeSkippingServer } from './time-skipping-server.ts';

// Fetches the servers that the tests stand on, and prints which of them this machine cannot have.
const env = process.env;
const cli = await findTemporalCli({ env, say }).catch((error: unknown) => ({ missing: String(error) }));
const timeSkipping = await findTimeSkippingServer({ env, say });
for (const [name, part] of Object.entries({ temporal: cli, 'time-skipping': timeSkipping, chromium: findChromium(env) })) {
  if (typeof part === 'string' || !('missing' in part)) continue;
  say(part.missing);
  console.log(name);
}
