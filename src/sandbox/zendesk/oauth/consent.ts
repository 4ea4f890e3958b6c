import { type Answer, page, redirect } from '../../answer.ts';
import type { Exchange } from '../../exchange.ts';
import { html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import type { ZendeskSession } from '../account/session.ts';
import { staff, type User, users } from '../users/user.ts';
import { clients, type OauthClient } from './client.ts';
import { createCode } from './code.ts';

interface Ask {
  readonly client: OauthClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly challenge: string | null;
}

/** The page on which a person allows or denies a client: `GET /oauth/authorizations/new`. */
export async function consentPage(session: ZendeskSession, exchange: Exchange): Promise<Answer> {
  const ask = await readAsk(session, exchange.query);
  if ('status' in ask) return ask;
  const people = await staff(session.store);
  const hidden = [...exchange.query].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
  const body = html`<form class="card consent" method="post" action="../authorizations">
    <h1>Allow ${ask.client.name} to use ${session.account}?</h1>
    <p>It asks for these scopes: ${ask.scopes.map((scope) => html`<code>${scope}</code> `)}</p>
    <p>You will be sent back to <code>${ask.redirectUri}</code></p>
    ${hidden}
    <label>
      As
      <select name="sandbox_user_id">
        ${people.map((user) => html`<option value="${user.id}">${user.name} (${user.role})</option>`)}
      </select>
    </label>
    <div class="actions">
      <button name="decision" value="allow" class="primary">Allow</button>
      <button name="decision" value="deny">Deny</button>
    </div>
  </form>`;
  return page(200, sandboxPage({ title: `Allow ${ask.client.name}`, vendor: 'Zendesk', body }));
}

/** What the person decided: `POST /oauth/authorizations`. Sends the browser back to the client. */
export async function decideConsent(session: ZendeskSession, exchange: Exchange): Promise<Answer> {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const ask = await readAsk(session, form);
  if ('status' in ask) return ask;
  if (form.get('decision') !== 'allow') {
    return backTo(ask, { error: 'access_denied', error_description: 'The end-user or authorization server denied the request.' });
  }
  const user = await chosenUser(session, form.get('sandbox_user_id'));
  if (!user) return refusal('There is nobody in this account who could allow it.');
  const code = await createCode(session, {
    client: ask.client.identifier,
    user_id: user.id,
    scopes: [...ask.scopes],
    redirect_uri: ask.redirectUri,
    challenge: ask.challenge,
  });
  return backTo(ask, { code });
}

async function chosenUser(session: ZendeskSession, id: string | null): Promise<User | undefined> {
  return id === null ? (await staff(session.store))[0] : session.store.get(users, id);
}

/** Faults of client or address are shown here, never sent to an address that nobody vouched for; others go back. */
async function readAsk(session: ZendeskSession, query: URLSearchParams): Promise<Ask | Answer> {
  const client = await session.store.get(clients, query.get('client_id') ?? '');
  if (!client) return refusal('Invalid Authorization Request: no such client');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!client.redirect_uris.includes(redirectUri)) {
    return refusal('Invalid Authorization Request: the redirect_uri is not registered with the client');
  }
  const challenge = query.get('code_challenge');
  const scopes = (query.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
  const ask: Ask = { client, redirectUri, scopes, state: query.get('state'), challenge };
  if (query.get('response_type') !== 'code') return backTo(ask, { error: 'unsupported_response_type' });
  if (scopes.length === 0) return backTo(ask, { error: 'invalid_scope' });
  const badChallenge = challenge !== null && query.get('code_challenge_method') !== 'S256';
  if (badChallenge || (challenge === null && client.secret === null)) return backTo(ask, { error: 'invalid_request' });
  return ask;
}

function backTo(ask: Ask, result: Readonly<Record<string, string>>): Answer {
  const target = new URL(ask.redirectUri);
  for (const [name, value] of Object.entries(result)) target.searchParams.set(name, value);
  if (ask.state !== null) target.searchParams.set('state', ask.state);
  return redirect(target.toString());
}

const refusal = (reason: string): Answer =>
  page(
    400,
    sandboxPage({
      title: 'Refused',
      vendor: 'Zendesk',
      body: html`<div class="card">
        <h1>Refused</h1>
        <p>${reason}</p>
      </div>`,
    }),
  );
