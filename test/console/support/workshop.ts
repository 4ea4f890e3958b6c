import { afterAll, beforeAll, expect } from 'vitest';
import type { TestApi } from '../../api/support/an-api.ts';
import { say as post } from '../../api/support/an-api.ts';
import { openBrowser } from '../../connect/support/browser.ts';
import type { Browser } from '../../connect/support/browser.ts';
import { ticketsOf } from '../../e2e/support/desk.ts';
import { VirtualClock } from '../../engine/support/virtual-clock.ts';
import { settle } from '../../engine/support/world.ts';
import type { World } from '../../engine/support/world.ts';
import { install, startSandbox } from '../../engine/support/zendesk-world.ts';
import type { SandboxServer } from '../../engine/support/zendesk-world.ts';
import { adminOf } from '../../zendesk/support/admin.ts';
import type { Admin } from '../../zendesk/support/admin.ts';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';
import type { Fields, Seen, Visitor } from './visitor.ts';
import { aConsole } from './visitor.ts';

/** The console over HTTP and Zendesk's stand-in over HTTP. What workers do is done when the test says so, by a clock of its own. */
export interface Workshop {
  readonly api: TestApi;
  readonly ada: () => Visitor;
  /** Where the app's pages begin. */
  readonly home: () => string;
  /** As a worker sees it. */
  readonly world: () => World;
  readonly zendesk: (subdomain: string) => ZendeskControl;
  readonly admin: (subdomain: string) => Admin;
  /** Connects a Zendesk in the console: form, consent, back; then sets it up. @returns the integration's page, and its address. */
  readonly connect: (subdomain: string, choice?: Fields) => Promise<{ readonly page: Seen; readonly href: string }>;
  /** The same up to the page of ours that Zendesk sends the browser to. @returns where that leads. */
  readonly begin: (subdomain: string, decision: 'allow' | 'deny', choice?: Fields) => Promise<string>;
  /** The same up to the decision. */
  readonly leave: (subdomain: string, decision: 'allow' | 'deny', choice?: Fields) => Promise<Away>;
  /** An app user says something. */
  readonly says: (user: string, text: string) => Promise<void>;
  /** The workers deliver what can be delivered, for as long as it takes, or for some time. */
  readonly work: (forMs?: number) => Promise<void>;
  /** What app users said, as it stands on the tickets of an account. */
  readonly onTickets: (subdomain: string) => Promise<readonly string[]>;
}

/** A browser at Zendesk's consent page, where somebody has decided. */
export interface Away {
  readonly browser: Browser;
  /** Where it set out. */
  readonly ticket: string;
  readonly consent: string;
  /** Where Zendesk sends it. */
  readonly address: string;
}

/** A workshop for a test file. Call it at the top of a `describe`. */
export function aWorkshop(): Workshop {
  const operator: Record<string, string> = {};
  const clock = new VirtualClock();
  let server: SandboxServer | undefined;
  beforeAll(async () => {
    server = await startSandbox(clock);
    operator['url'] = `${server.url}/zendesk/{subdomain}`;
  });
  afterAll(() => server?.close());
  const { api, ada } = aConsole({ operator, clock, allowedNetworks: ['127.0.0.0/8'] });
  const vendor = () => {
    if (server === undefined) throw new Error('the sandbox is there within tests only');
    return server.sandbox.vendors.zendesk;
  };
  const home = (): string => `/console/apps/${api().app.appId}`;
  const world = (): World => ({ ...api(), clock, app: api().app.appId, failures: [] });
  const leave: Workshop['leave'] = async (subdomain, decision, choice = {}) => {
    const { client } = await vendor().seed({ subdomain, redirectUris: [`${api().url}/connect/zendesk/return`] });
    const typed = { subdomain, clientId: client.identifier, clientSecret: client.secret ?? '' };
    const leaving = await ada().send(`${home()}/integrations/connect/zendesk`, { ...typed, ...choice });
    const browser = openBrowser();
    const ticket = /href="([^"]+\/start\?ticket=[^"]+)"/.exec(leaving.text)?.[1] ?? '';
    const { location: consent } = await browser.visit(ticket);
    return { browser, ticket, consent, address: await browser.decide(consent, decision) };
  };
  const begin: Workshop['begin'] = async (...way) => {
    const { browser, address } = await leave(...way);
    return (await browser.visit(address)).location;
  };
  return {
    api,
    ada,
    home,
    world,
    begin,
    leave,
    zendesk: (subdomain) => vendor().account(subdomain),
    admin: (subdomain) => adminOf(vendor().account(subdomain)),
    connect: async (subdomain, choice) => {
      const { location: href } = await ada().look(await begin(subdomain, 'allow', choice));
      const page = await ada().look(href);
      await install(world(), subdomain);
      return { page, href };
    },
    says: async (user, text) => {
      await api.send('POST', '/appusers', { userId: user });
      expect((await post(api.send, user, text)).status).toBe(201);
    },
    work: async (forMs) => void (await settle(world(), forMs === undefined ? {} : { forMs })),
    onTickets: async (subdomain) => {
      const tickets = await ticketsOf(vendor().account(subdomain));
      return tickets.flatMap(({ comments }) => comments.flatMap((comment) => comment.split('\n\n')));
    },
  };
}
