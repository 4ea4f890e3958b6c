import type { Accounts } from '../../accounts.ts';
import { createClient, type OauthClient } from '../oauth/client.ts';
import { addStockTriggers } from '../triggers/stock-triggers.ts';
import { createUser } from '../users/profile.ts';
import { staff } from '../users/user.ts';
import { brands } from './brand.ts';
import type { AccountState, ZendeskSession } from './session.ts';
import { settingsSchema } from './settings.ts';

export interface Seed {
  /** Where the account lives: one DNS label. */
  readonly subdomain: string;
  /** Redirect addresses of the OAuth client "deskbridge". */
  readonly redirectUris?: readonly string[];
}

export interface Seeded {
  readonly subdomain: string;
  /** The confidential client "deskbridge". */
  readonly client: OauthClient;
  /** The admin first, then the agents. */
  readonly staff: readonly { readonly id: number; readonly name: string; readonly role: string }[];
}

/** The subdomain is not a DNS label. */
export class SubdomainInvalid extends Error {
  override readonly name = 'SubdomainInvalid';
}

/**
 * Brings an account into being: an admin, two agents with signatures, a brand, the stock triggers, a client.
 * On an account that exists it only adds redirect addresses.
 * @throws {SubdomainInvalid}
 */
export async function seedAccount(accounts: Accounts<AccountState>, seed: Seed): Promise<Seeded> {
  const { subdomain } = seed;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(subdomain)) {
    throw new SubdomainInvalid(`a subdomain is one DNS label in lower case [got=${JSON.stringify(subdomain)}]`);
  }
  await accounts.create(subdomain, {
    accountId: 0,
    settings: settingsSchema.parse({}),
    nextTicketId: 1,
    used: {},
    closingDueAt: null,
  });
  return accounts.write(subdomain, async (session) => {
    if (session.state.accountId === 0) await furnish(session);
    const client = await createClient(session, { identifier: 'deskbridge', name: 'Deskbridge', redirectUris: seed.redirectUris });
    const people = await staff(session.store);
    return { subdomain, client, staff: people.map(({ id, name, role }) => ({ id, name, role })) };
  });
}

async function furnish(session: ZendeskSession): Promise<void> {
  const { account: subdomain, now } = session;
  session.update({ accountId: session.nextId() });
  const common = { verified: true, skip_verify_email: true };
  const domain = `${subdomain}.example`;
  await createUser(session, undefined, { ...common, name: 'Ada Admin', role: 'admin', email: `ada@${domain}` });
  await createUser(session, undefined, {
    ...common,
    name: 'Ben',
    role: 'agent',
    email: `ben@${domain}`,
    signature: '--\nBen\nCustomer care, {{agent.email}}',
  });
  await createUser(session, undefined, {
    ...common,
    name: 'Chloe',
    role: 'agent',
    email: `chloe@${domain}`,
    alias: 'Chloe from Support',
    signature: '**Chloe**\nSupport engineer',
  });
  const brand = { id: session.nextId(), name: subdomain, subdomain, active: true, default: true };
  await session.store.put(brands, { ...brand, signature_template: '{{agent.signature}}', created_at: now, updated_at: now });
  await addStockTriggers(session);
}
