import type { Response } from 'express';
import type { Accounts } from '../accounts.ts';
import { type Answer, Refusal, send } from '../answer.ts';
import type { SandboxClock } from '../clock.ts';
import { below, type Exchange } from '../exchange.ts';
import type { RequestLog } from '../request-log.ts';
import { findRoute } from '../routes.ts';
import { serve } from '../serve.ts';
import type { AccountState, ZendeskSession } from './account/session.ts';
import { answerApi, apiPath } from './api.ts';
import { answerZendeskControl } from './control/control-routes.ts';
import type { ZendeskControl } from './control/control.ts';
import { consentPage, decideConsent } from './oauth/consent.ts';
import { grantTokens } from './oauth/grant.ts';
import { answerPage } from './page/page-routes.ts';
import { closeDueTickets } from './tickets/close-due.ts';
import { attachmentContent } from './uploads/attachment-content.ts';

/** What answering a request takes. */
export interface SiteDeps {
  readonly accounts: Accounts<AccountState>;
  readonly log: RequestLog;
  readonly clock: SandboxClock;
  /** Aborted when the sandbox closes. */
  readonly closing: AbortSignal;
  /** Called after each commit: there may be webhooks to call. */
  readonly kick: () => void;
}

/** Answers one request to an account: its pages for agents, its control interface, or Zendesk itself. */
export async function answerSite(deps: SiteDeps, control: ZendeskControl, exchange: Exchange, response: Response): Promise<void> {
  const page = below(exchange, '/agent');
  if (page) return send(response, await answerPage({ accounts: deps.accounts, control }, page));
  const tools = below(exchange, '/sandbox');
  if (tools) return send(response, await answerZendeskControl(control, tools));
  await serve(deps, {
    account: control.subdomain,
    exchange: { ...exchange, path: apiPath(exchange.path) },
    response,
    respond: () => answerVendor(deps, control, exchange),
  });
}

/** Answers as Zendesk does, in one transaction. */
async function answerVendor(deps: SiteDeps, control: ZendeskControl, exchange: Exchange): Promise<Answer> {
  const result = await deps.accounts.write(control.subdomain, async (session) => {
    await closeDueTickets(session, control.url);
    const answer = await answerPublic(session, exchange);
    return answer ?? answerApi(session, { ...exchange, path: apiPath(exchange.path) }, control.url);
  });
  deps.kick();
  return typeof result === 'function' ? result() : result;
}

const PUBLIC = [
  { method: 'GET', path: '/oauth/authorizations/new', answer: consentPage },
  { method: 'POST', path: '/oauth/authorizations', answer: decideConsent },
  { method: 'POST', path: '/oauth/tokens', answer: grantTokens },
  { method: 'GET', path: '/attachments/token/:access', answer: attachmentContent },
];

/** What is not the API but the site around it, and takes no token. */
async function answerPublic(session: ZendeskSession, exchange: Exchange): Promise<Answer | undefined> {
  const found = findRoute(PUBLIC, exchange.method, exchange.path);
  if (!found) return undefined;
  try {
    return await found.route.answer(session, exchange, found.params.access ?? '');
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}
