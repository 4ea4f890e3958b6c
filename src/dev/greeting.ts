import type { Vendor } from '../sandbox/vendor.ts';

/** Where the demo app and the stand-ins are: for programs. */
export interface DemoFacts {
  readonly api: string;
  readonly appId: string;
  readonly keyId: string;
  readonly secret: string;
  readonly sandbox: Readonly<Record<string, { readonly page: string; readonly api: string; readonly token: string }>>;
}

/** What is up and where: `demo.json`, for programs, and the greeting, for people. */
export interface DevFacts extends DemoFacts {
  readonly console: string;
  /** Signs in to the console, once, within a day. */
  readonly consoleLink: string;
  readonly temporalUi: string;
  readonly temporalAddress: string;
  readonly databaseUrl: string;
}

/** The app user of the demo. */
export const DEMO_USER = 'ann';

/** What the greeting says of a vendor's stand-in. */
export type Desk = Pick<Vendor, 'name' | 'label' | 'toAnswer'>;

/** What to look at, a command that posts a message, and how to answer it in each stand-in. */
export const greeting = (facts: DevFacts, desks: readonly Desk[]): string => `
Deskbridge is up.

${row('API', facts.api)}
${row('Console', facts.consoleLink)}
${row('Temporal Web UI', facts.temporalUi === '' ? `your own, at ${facts.temporalAddress}` : facts.temporalUi)}
${howToTry(facts, desks)}
The console is where integrations are connected, watched and repaired. Its link signs you in, once; from then on it is
${facts.console}

Ctrl-C stops everything; the next start goes on where this one ended.
`;

/** The same, where Deskbridge itself was started by somebody else. */
export const demoGreeting = (facts: DemoFacts & { readonly consoleLink: string }, desks: readonly Desk[]): string => `
The sandbox is up, and a demo app is connected to it.

${row('Console', facts.consoleLink)}
${howToTry(facts, desks)}`;

function howToTry(facts: DemoFacts, desks: readonly Desk[]): string {
  const body = JSON.stringify({ role: 'appUser', type: 'text', text: 'Hello, where is my order?' });
  const address = `${facts.api}/v1.1/appusers/${DEMO_USER}/messages`;
  return `${desks.map(({ name, label }) => row(`${label} (sandbox)`, facts.sandbox[name]?.page ?? '')).join('\n')}

Post a message as the app user "${DEMO_USER}":

  curl -u ${facts.keyId}:${facts.secret} \\
    -H 'content-type: application/json' \\
    -d '${body}' \\
    ${address}

Five seconds later it is at each desk of the sandbox. Answer it at one of them:

${desks.map(({ label, toAnswer }) => row(label, toAnswer)).join('\n')}

Then read the answer:

  curl -u ${facts.keyId}:${facts.secret} ${address}
`;
}

const row = (label: string, said: string): string => `  ${label.padEnd(18)} ${said}`;
