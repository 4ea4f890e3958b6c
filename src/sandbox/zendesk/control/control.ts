import type { Accounts } from '../../accounts.ts';
import { changeSettings } from '../../change-settings.ts';
import { type CommonControl, commonControl } from '../../common-control.ts';
import type { RequestLog } from '../../request-log.ts';
import type { AccountState, ZendeskSession } from '../account/session.ts';
import { type Settings, type SettingsChange, settingsSchema } from '../account/settings.ts';
import { createClient, listClients, type NewClient, type OauthClient } from '../oauth/client.ts';
import { createToken, tokens } from '../oauth/token.ts';
import { closeDueTickets } from '../tickets/close-due.ts';
import { type Mail, outbox } from '../triggers/outbox.ts';
import { triggerOr404, triggers, type Trigger } from '../triggers/trigger.ts';
import { staff } from '../users/user.ts';
import { type Invocation, invocations } from '../webhooks/invocation.ts';
import { act, type Acted, type AgentAction } from './agent-action.ts';

/** What tests and the curious can see and do in one account beyond Zendesk's own API. */
export interface ZendeskControl extends CommonControl<Settings, SettingsChange> {
  readonly subdomain: string;
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** Who would have been mailed, oldest first. */
  outbox(): Promise<readonly Mail[]>;
  clearOutbox(): Promise<void>;
  /** Calls of webhooks with their attempts, oldest first. */
  invocations(): Promise<readonly Invocation[]>;
  /** Does what an agent, or an end user by mail, would do. @throws {Refusal} with the answer that refused it */
  act(action: AgentAction): Promise<Acted>;
  /** A token of the admin that never expires. `scopes` defaults to `read write`. */
  issueToken(scopes?: readonly string[], userId?: number): Promise<string>;
  /** The token that was issued last for the admin, or a new one. */
  adminToken(): Promise<string>;
  createClient(client: NewClient): Promise<OauthClient>;
  clients(): Promise<readonly OauthClient[]>;
  /** Makes a trigger an app's, or nobody's. */
  setAppInstallation(triggerId: number, installation: Trigger['app_installation']): Promise<void>;
}

export interface ControlDeps {
  readonly accounts: Accounts<AccountState>;
  readonly log: RequestLog;
  readonly subdomain: string;
  readonly url: string;
  /** Called after each commit that may have made work for the background. */
  readonly kick: () => void;
}

export function createControl(deps: ControlDeps): ZendeskControl {
  const { accounts, log, subdomain, url } = deps;
  const write = async <R>(work: (session: ZendeskSession) => Promise<R>): Promise<R> => {
    const result = await accounts.write(subdomain, work);
    deps.kick();
    return result;
  };
  return {
    subdomain,
    url,
    ...commonControl({ accounts, log, account: subdomain, write, settingsOf: (state) => state.settings, change: applySettings }),
    outbox: () => accounts.read(subdomain, ({ store }) => store.list(outbox)),
    clearOutbox: () => write(async ({ store }) => removeAll(await store.list(outbox), (mail) => store.remove(outbox, mail.id))),
    invocations: () => accounts.read(subdomain, ({ store }) => store.list(invocations)),
    act: (action) =>
      write(async (session) => {
        await closeDueTickets(session, url);
        return act(session, url, action);
      }),
    issueToken: (scopes, userId) => write((session) => issueToken(session, scopes, userId)),
    adminToken: () => write(adminToken),
    createClient: (client) => write((session) => createClient(session, client)),
    clients: () => accounts.read(subdomain, ({ store }) => listClients(store)),
    setAppInstallation: (id, installation) =>
      write(async ({ store }) => {
        const trigger = await triggerOr404(store, String(id));
        await store.put(triggers, { ...trigger, app_installation: installation });
      }),
  };
}

async function removeAll<T>(all: readonly T[], remove: (one: T) => Promise<void>): Promise<void> {
  for (const one of all) await remove(one);
}

/** Also makes the next request look which solved tickets are due to close under the new settings. */
function applySettings(session: ZendeskSession, change: SettingsChange): Settings {
  const settings = changeSettings(settingsSchema, session.state.settings, change);
  session.update({ settings, closingDueAt: 0 });
  return settings;
}

async function issueToken(
  session: ZendeskSession,
  scopes: readonly string[] = ['read', 'write'],
  userId?: number,
): Promise<string> {
  const admin = (await staff(session.store))[0];
  const id = userId ?? admin?.id;
  if (id === undefined) throw new Error('the account has no admin: it was not seeded');
  return (await createToken(session, { userId: id, clientId: null, scopes, life: null })).access;
}

async function adminToken(session: ZendeskSession): Promise<string> {
  const admin = (await staff(session.store))[0];
  const issued = admin ? await session.store.list(tokens, { group: admin.id, descending: true }) : [];
  const lasting = issued.find((token) => token.expires_at === null && token.scopes.join(' ') === 'read write');
  return lasting?.access ?? issueToken(session);
}
