import { rm, writeFile } from 'node:fs/promises';
import { welcomeUrl } from '../console/sign-in/welcome-url.ts';
import { findKey } from '../db/apps.ts';
import { createSignInLink } from '../db/console/sign-in-links.ts';
import { newId } from '../db/new-id.ts';
import { demoGreeting } from '../dev/greeting.ts';
import type { DemoFacts } from '../dev/greeting.ts';
import { prepareDemo } from '../dev/demo.ts';
import type { DemoApp } from '../dev/demo.ts';
import { sayOnStderr } from '../dev/say.ts';
import type { AppId } from '../domain/ids.ts';
import { newToken } from '../secrets.ts';
import type { Wiring } from '../wiring.ts';
import type { Operated } from './running.ts';
import { runSandbox } from './sandbox.ts';
import type { SandboxOptions } from './sandbox.ts';

export interface DemoOptions extends SandboxOptions {
  /** Written when all is connected. */
  readonly demoFile: string | undefined;
}

const DEMO_KEY = 'app_demo';

/** The vendors' stand-ins, and an app that is connected to each: what `npm start` has, beside an installation that runs. */
export async function runDemo(wiring: Wiring, { demoFile, ...options }: DemoOptions): Promise<Operated> {
  if (demoFile !== undefined) await rm(demoFile, { force: true });
  const running = await runSandbox(options, wiring.log);
  const { sandbox } = running;
  const app = await demoApp(wiring);
  const vendors = Object.values(sandbox.vendors);
  await prepareDemo({ wiring, app, vendors, say: sayOnStderr });
  const facts: DemoFacts = { api: wiring.config.publicUrl, ...app, sandbox: await sandbox.demo() };
  if (demoFile !== undefined) await writeFile(demoFile, `${JSON.stringify(facts, undefined, 2)}\n`, { mode: 0o600 });
  process.stdout.write(demoGreeting({ ...facts, consoleLink: await signInLink(wiring) }, vendors));
  return { ...running, operations: { needsTemporal: false } };
}

const signInLink = async ({ db, config, ports }: Wiring): Promise<string> =>
  welcomeUrl(config.publicUrl, await createSignInLink(db, undefined, ports.clock.now()));

/** The app of an earlier start, or a new one. */
async function demoApp({ db, vault }: Wiring): Promise<DemoApp> {
  const known = await findKey(db, vault, DEMO_KEY);
  return { appId: known?.app ?? newId<AppId>(), keyId: DEMO_KEY, secret: known?.secret ?? newToken() };
}
