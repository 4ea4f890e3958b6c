import { z } from 'zod';
import { basic } from '../../api/support/client.ts';
import type { Stack } from './stack.ts';

const Facts = z.object({
  appId: z.string(),
  keyId: z.string(),
  secret: z.string(),
  sandbox: z.object({ zendesk: z.object({ api: z.string(), token: z.string() }) }),
});

/** What the sandbox says about its demo, for those who reach it from this machine. */
export interface Demo {
  /** What to send as `authorization` to the API. */
  readonly authorization: string;
  /** Zendesk's stand-in: the demo account's address, and an administrator's token. */
  readonly zendesk: { readonly url: string; readonly token: string };
}

export async function readDemo(stack: Stack): Promise<Demo> {
  const facts = Facts.parse(JSON.parse(await stack.compose('exec', '-T', 'sandbox', 'cat', '/tmp/demo.json')));
  const { api, token } = facts.sandbox.zendesk;
  const url = new URL(new URL(api).pathname, await stack.address('sandbox', 3900)).href;
  return { authorization: basic(facts), zendesk: { url, token } };
}
