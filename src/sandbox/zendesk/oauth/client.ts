import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Kind, Store } from '../../store.ts';
import type { ZendeskSession } from '../account/session.ts';

const clientSchema = z.object({
  id: z.number(),
  /** The "unique identifier": what requests call `client_id`. */
  identifier: z.string(),
  name: z.string(),
  /** Null: a public client, which must use PKCE. */
  secret: z.string().nullable(),
  redirect_uris: z.array(z.string()),
});

/** An OAuth client of the account. */
export type OauthClient = z.infer<typeof clientSchema>;

export const clients: Kind<OauthClient> = {
  name: 'oauth-client',
  schema: clientSchema,
  id: (client) => client.identifier,
  position: (client) => client.id,
};

export interface NewClient {
  readonly identifier: string;
  readonly name?: string | undefined;
  readonly kind?: 'confidential' | 'public' | undefined;
  readonly redirectUris?: readonly string[] | undefined;
}

/** Makes a client. If it exists, its redirect addresses are added to and the rest stays. */
export async function createClient(session: ZendeskSession, input: NewClient): Promise<OauthClient> {
  const existing = await session.store.get(clients, input.identifier);
  const client: OauthClient = existing ?? {
    id: session.nextId(),
    identifier: input.identifier,
    name: input.name ?? input.identifier,
    secret: input.kind === 'public' ? null : randomBytes(32).toString('hex'),
    redirect_uris: [],
  };
  const uris = [...new Set([...client.redirect_uris, ...(input.redirectUris ?? [])])];
  const changed = { ...client, redirect_uris: uris };
  await session.store.put(clients, changed);
  return changed;
}

export const listClients = (store: Store): Promise<readonly OauthClient[]> => store.list(clients);
