import { randomBytes } from 'node:crypto';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';
import type { TestSandbox } from '../start-sandbox.ts';
import { type Api, createApi } from './api.ts';

export { aSandbox } from '../a-sandbox.ts';

export interface TestAccount {
  readonly control: ZendeskControl;
  /** As the admin. */
  readonly api: Api;
  readonly adminId: number;
  readonly benId: number;
}

/** An account of a test's own. Users may be made faster than Zendesk allows. */
export async function anAccount(sandbox: TestSandbox): Promise<TestAccount> {
  const seeded = await sandbox.zendesk.seed({ subdomain: `test-${randomBytes(4).toString('hex')}` });
  const control = sandbox.zendesk.account(seeded.subdomain);
  await control.set({ userWritesPerSecond: 1_000, userWritesPerUserAndMinute: 1_000 });
  const [admin, ben] = seeded.staff;
  const api = createApi(control.url, await control.issueToken());
  return { control, api, adminId: admin?.id ?? 0, benId: ben?.id ?? 0 };
}

/** The same over HTTP, in a sandbox that runs elsewhere. */
export async function anAccountOf(sandboxUrl: string, subdomain: string) {
  const site = createApi(`${sandboxUrl}/zendesk/${subdomain}`);
  await site.call('POST', '/sandbox/seed', {});
  await site.call('PATCH', '/sandbox/settings', { userWritesPerSecond: 1_000, userWritesPerUserAndMinute: 1_000 });
  const token = String((await site.call('POST', '/sandbox/tokens', {})).at('token'));
  return { site, token, api: createApi(site.url, token) };
}

/** Makes an end user and answers the id. */
export async function aCustomer(api: Api, profile: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const user = { name: 'Zoe Customer', skip_verify_email: true, ...profile };
  return (await api.post('/users', { user })).id('user', 'id');
}

/** Makes a ticket of a customer, with one public comment of theirs, and answers the id. */
export async function aTicket(api: Api, ticket: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const requester = typeof ticket.requester_id === 'number' ? ticket.requester_id : await aCustomer(api);
  const defaults = {
    subject: 'Help',
    requester_id: requester,
    submitter_id: requester,
    comment: { body: 'First words', public: true },
  };
  return (await api.post('/tickets', { ticket: { ...defaults, ...ticket } })).id('ticket', 'id');
}

/** Adds a comment through the API. */
export const comment = (api: Api, ticketId: number, fields: object) =>
  api.put(`/tickets/${ticketId}`, { ticket: { comment: fields } });
