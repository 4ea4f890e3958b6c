import { afterAll, beforeAll } from 'vitest';
import { startApi } from '../../api/support/api-server.ts';
import type { ApiServer } from '../../api/support/api-server.ts';
import { basic, createClient } from '../../api/support/client.ts';
import type { Client, Reply } from '../../api/support/client.ts';
import { openBrowser } from './browser.ts';
import type { Browser } from './browser.ts';
import { startZendesk } from './zendesk-sandbox.ts';
import type { ZendeskSandbox } from './zendesk-sandbox.ts';

/** The steps by which an app's owner connects a Zendesk. */
export interface Connecting {
  readonly api: () => ApiServer;
  readonly zendesk: () => ZendeskSandbox;
  readonly as: (app: ApiServer['app']) => Client;
  readonly redirectUri: () => string;
  /** Asks the API for an integration of a Zendesk that exists. */
  readonly create: (subdomain: string, more?: object, app?: ApiServer['app']) => Promise<Reply>;
  /** Goes the whole way up to the address that Zendesk sends the browser back to. */
  readonly wayBack: (browser: Browser, created: Reply) => Promise<string>;
  /** Goes all the way. @returns the last page. */
  readonly connect: (created: Reply) => Promise<string>;
}

/** The API and a Zendesk for a test file. Call it at the top of a `describe`. */
export function connecting(): Connecting {
  let running: { readonly api: ApiServer; readonly zendesk: ZendeskSandbox } | undefined;
  beforeAll(async () => {
    const zendesk = await startZendesk();
    running = { zendesk, api: await startApi({ operator: { url: zendesk.address } }) };
  });
  afterAll(async () => {
    await running?.api.close();
    await running?.zendesk.close();
  });
  const parts = () => {
    if (running === undefined) throw new Error('the API is there within tests only');
    return running;
  };
  const as = (app: ApiServer['app']): Client => createClient(`${parts().api.url}/v1.1`, basic(app));
  const redirectUri = (): string => `${parts().api.url}/connect/zendesk/return`;
  return {
    api: () => parts().api,
    zendesk: () => parts().zendesk,
    as,
    redirectUri,
    create: async (subdomain, more = {}, app = parts().api.app) => {
      const typed = await parts().zendesk.seed(subdomain, redirectUri());
      return await as(app)('POST', '/integrations', { type: 'zendesk', ...typed, ...more });
    },
    wayBack,
    connect: async (created) => {
      const browser = openBrowser();
      return (await browser.visit(await wayBack(browser, created))).text;
    },
  };
}

async function wayBack(browser: Browser, created: Reply): Promise<string> {
  const start = await browser.visit(created.at('integration', 'connectUrl'));
  return await browser.decide(start.location, 'allow');
}
