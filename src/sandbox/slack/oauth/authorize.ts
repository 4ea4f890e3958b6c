import { type Answer, page, redirect } from '../../answer.ts';
import type { Exchange } from '../../exchange.ts';
import { type Html, html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import type { App } from '../apps/app.ts';
import type { Directory } from '../apps/directory.ts';
import { members, people } from '../members/member.ts';
import type { SlackReading, SlackSession } from '../workspace/session.ts';
import { createCode } from './code.ts';
import { BOT_SCOPES } from './scopes.ts';

interface Ask {
  readonly app: App;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly state: string | null;
}

export interface Consent {
  readonly directory: Directory;
  /** Where people can install it, by id and name; the first is where they are signed in. */
  readonly workspaces: readonly { readonly id: string; readonly name: string }[];
}

/** The page on which a person allows or denies an app: `GET /oauth/v2/authorize`. */
export async function consentPage(reading: SlackReading, exchange: Exchange, consent: Consent): Promise<Answer> {
  const ask = readAsk(consent.directory, exchange.query);
  if ('status' in ask) return ask;
  const staff = await people(reading.store);
  const hidden = [...exchange.query]
    .filter(([name]) => name !== 'team')
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
  const body = html`<form class="card consent" method="post" action="authorize">
    <h1>${ask.app.manifest.display_information.name} is requesting permission to access the ${reading.state.name} workspace</h1>
    ${hidden}<input type="hidden" name="team" value="${reading.account}" />
    ${otherWorkspaces(exchange.query, reading.account, consent.workspaces)}
    <p>What will it be able to do?</p>
    <ul class="scopes">
      ${ask.scopes.map((scope) => scopeLine(ask.app, scope))}
    </ul>
    <p>You will be sent back to <code>${ask.redirectUri}</code></p>
    <label>
      As
      <select name="sandbox_user_id">
        ${staff.map((user) => html`<option value="${user.id}">${user.real_name} (${user.role})</option>`)}
      </select>
    </label>
    <div class="actions">
      <button name="decision" value="allow" class="primary">Allow</button>
      <button name="decision" value="deny">Cancel</button>
    </div>
  </form>`;
  return page(200, sandboxPage({ title: `Install ${ask.app.manifest.display_information.name}`, vendor: 'Slack', body }));
}

/** What an app declares optional can be left out by whoever installs it. */
function scopeLine(app: App, scope: string): Html {
  const isOptional = app.manifest.oauth_config.scopes.bot_optional.includes(scope);
  return isOptional
    ? html`<li>
        <label><input type="checkbox" name="optional" value="${scope}" checked /> <code>${scope}</code> (optional)</label>
      </li>`
    : html`<li><code>${scope}</code></li>`;
}

function otherWorkspaces(query: URLSearchParams, here: string, workspaces: Consent['workspaces']): Html | false {
  const others = workspaces.filter(({ id }) => id !== here);
  if (others.length === 0) return false;
  const link = (id: string): string => {
    const asked = new URLSearchParams(query);
    asked.set('team', id);
    return `authorize?${asked.toString()}`;
  };
  return html`<p class="muted">
    Another workspace: ${others.slice(0, 8).map(({ id, name }) => html`<a href="${link(id)}">${name}</a> `)}
  </p>`;
}

/** What the person decided: `POST /oauth/v2/authorize`. Sends the browser back to the app. */
export async function decideConsent(session: SlackSession, exchange: Exchange, directory: Directory): Promise<Answer> {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const ask = readAsk(directory, form);
  if ('status' in ask) return ask;
  if (form.get('decision') !== 'allow') return backTo(ask, { error: 'access_denied' });
  const chosen = form.get('sandbox_user_id');
  const user = chosen === null ? (await people(session.store))[0] : await session.store.get(members, chosen);
  if (!user) return refusal('There is nobody in this workspace who could allow it.');
  const code = await createCode(session, {
    client_id: ask.app.client_id,
    user_id: user.id,
    scopes: grantedOf(session, ask, form),
    redirect_uri: ask.redirectUri,
  });
  return backTo(ask, { code });
}

function grantedOf(session: SlackSession, { app, scopes }: Ask, form: URLSearchParams): string[] {
  const optional = app.manifest.oauth_config.scopes.bot_optional;
  const { declinedScopes } = session.state.settings;
  // A form without boxes, as a program may send it, leaves nothing out.
  const ticked = form.has('optional') ? form.getAll('optional') : optional;
  return scopes.filter((scope) => (!optional.includes(scope) || ticked.includes(scope)) && !declinedScopes.includes(scope));
}

/** Faults are shown here, never sent to an address that nobody vouched for. */
function readAsk(directory: Directory, query: URLSearchParams): Ask | Answer {
  const app = directory.byClientId(query.get('client_id') ?? '');
  if (!app) return refusal('Invalid client_id parameter');
  const { redirect_urls } = app.manifest.oauth_config;
  const redirectUri = query.get('redirect_uri') ?? redirect_urls[0] ?? '';
  if (!redirect_urls.some((configured) => isBelow(redirectUri, configured))) {
    return refusal('redirect_uri did not match any configured URIs. Passed URI: ' + redirectUri);
  }
  const scopes = (query.get('scope') ?? '').split(/[,\s]+/).filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !BOT_SCOPES.includes(scope));
  if (scopes.length === 0 || unknown.length > 0) return refusal(`Invalid permissions requested: ${unknown.join(', ') || 'none'}`);
  return { app, scopes, redirectUri, state: query.get('state') };
}

/** Whether an address is a configured one, or further down its path. */
function isBelow(address: string, configured: string): boolean {
  if (!URL.canParse(address) || address.includes('#')) return false;
  const [asked, own] = [new URL(address), new URL(configured)];
  const path = own.pathname.replace(/\/$/, '');
  return asked.origin === own.origin && (asked.pathname === own.pathname || asked.pathname.startsWith(`${path}/`));
}

function backTo(ask: Ask, result: Readonly<Record<string, string>>): Answer {
  const target = new URL(ask.redirectUri);
  for (const [name, value] of Object.entries(result)) target.searchParams.set(name, value);
  target.searchParams.set('state', ask.state ?? '');
  return redirect(target.toString());
}

const refusal = (reason: string): Answer =>
  page(
    400,
    sandboxPage({
      title: 'Something went wrong',
      vendor: 'Slack',
      body: html`<div class="card">
        <h1>Something went wrong when authorizing this app.</h1>
        <p>${reason}</p>
      </div>`,
    }),
  );
