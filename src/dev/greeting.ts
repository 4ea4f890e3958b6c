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

/** What to look at, and a command that posts a message. */
export const greeting = (facts: DevFacts): string => `
Deskbridge is up.

  ${'API'.padEnd(18)} ${facts.api}
  ${'Console'.padEnd(18)} ${facts.consoleLink}
  ${'Temporal Web UI'.padEnd(18)} ${facts.temporalUi === '' ? `your own, at ${facts.temporalAddress}` : facts.temporalUi}
${howToTry(facts)}
The console is where integrations are connected, watched and repaired. Its link signs you in, once; from then on it is
${facts.console}

Ctrl-C stops everything; the next start goes on where this one ended.
`;

/** The same, where Deskbridge itself was started by somebody else. */
export const demoGreeting = (facts: DemoFacts & { readonly consoleLink: string }): string => `
The sandbox is up, and a demo app is connected to it.

  ${'Console'.padEnd(18)} ${facts.consoleLink}
${howToTry(facts)}`;

function howToTry(facts: DemoFacts): string {
  const body = JSON.stringify({ role: 'appUser', type: 'text', text: 'Hello, where is my order?' });
  const address = `${facts.api}/v1.1/appusers/${DEMO_USER}/messages`;
  const desks = Object.entries(facts.sandbox).map(([name, { page }]) => `  ${`${name} (sandbox)`.padEnd(18)} ${page}`);
  return `${desks.join('\n')}

Post a message as the app user "${DEMO_USER}":

  curl -u ${facts.keyId}:${facts.secret} \\
    -H 'content-type: application/json' \\
    -d '${body}' \\
    ${address}

Five seconds later it is a ticket in the sandbox. Answer it there, and read the answer:

  curl -u ${facts.keyId}:${facts.secret} ${address}
`;
}
