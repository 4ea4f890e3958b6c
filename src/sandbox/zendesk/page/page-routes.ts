import { type Answer, json, page, redirect, Refusal } from '../../answer.ts';
import type { Accounts } from '../../accounts.ts';
import type { Exchange } from '../../exchange.ts';
import { html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import { findRoute, type Params, type Route } from '../../routes.ts';
import type { AccountState, ZendeskReading } from '../account/session.ts';
import { agentAction } from '../control/agent-action.ts';
import type { ZendeskControl } from '../control/control.ts';
import { closeDueTickets, closingIsDue } from '../tickets/close-due.ts';
import { addUpload } from '../uploads/upload.ts';
import { agentListFragment, agentListPage } from './agent-list.ts';
import { agentTicketFragment, agentTicketPage } from './agent-ticket.ts';

export interface PageDeps {
  readonly accounts: Accounts<AccountState>;
  readonly control: ZendeskControl;
}

interface Ask extends PageDeps {
  readonly exchange: Exchange;
  readonly params: Params;
}

interface PageRoute extends Route {
  readonly answer: (ask: Ask) => Promise<Answer>;
}

async function reading(ask: Ask, work: (reading: ZendeskReading) => Promise<Answer>): Promise<Answer> {
  const { accounts, control } = ask;
  const mustClose = await accounts.read(control.subdomain, async (account) => closingIsDue(account));
  if (mustClose) await accounts.write(control.subdomain, (session) => closeDueTickets(session, control.url));
  return accounts.read(control.subdomain, work);
}

/** Below `/zendesk/<subdomain>/agent`. */
const ROUTES: readonly PageRoute[] = [
  { method: 'GET', path: '/', answer: (ask) => reading(ask, (r) => agentListPage(r, ask.control.url)) },
  { method: 'GET', path: '/list', answer: (ask) => reading(ask, (r) => agentListFragment(r, ask.control.url)) },
  {
    method: 'GET',
    path: '/tickets/:id',
    answer: (ask) => reading(ask, (r) => agentTicketPage(r, ask.control.url, ask.params.id ?? '')),
  },
  {
    method: 'GET',
    path: '/tickets/:id/live',
    answer: (ask) =>
      reading(ask, (r) => agentTicketFragment(r, ask.control.url, ask.params.id ?? '', ask.exchange.query.get('change'))),
  },
  { method: 'POST', path: '/tickets/:id/uploads', answer: upload },
  { method: 'POST', path: '/tickets/:id/act', answer: actOnTicket },
];

/** Answers the pages for agents. `exchange.path` is below `/agent`. */
export async function answerPage(deps: PageDeps, exchange: Exchange): Promise<Answer> {
  const found = findRoute(ROUTES, exchange.method, exchange.path);
  if (!found) return problemPage(404, 'There is no such page.');
  if (exchange.headers['sec-fetch-site'] === 'cross-site' && exchange.method !== 'GET')
    return problemPage(403, 'This came from another site.');
  try {
    return await found.route.answer({ ...deps, exchange, params: found.params });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const said = sentence(error.answer);
    const wantsJson = exchange.headers.accept?.includes('application/json') ?? false;
    return wantsJson ? json(error.answer.status, { problem: said }) : problemPage(error.answer.status, said);
  }
}

async function actOnTicket(ask: Ask): Promise<Answer> {
  const form = new URLSearchParams(ask.exchange.body.toString('utf8'));
  const parsed = agentAction.safeParse(actionOf(ask.params.id ?? '', form));
  if (!parsed.success) throw new Refusal(json(422, { description: 'There is nothing to send.' }));
  await ask.control.act(parsed.data);
  const isGone = parsed.data.do === 'delete';
  const next = isGone ? `${ask.control.url}/agent` : `${ask.control.url}/agent/tickets/${ask.params.id}`;
  const wantsJson = ask.exchange.headers.accept?.includes('application/json') ?? false;
  return wantsJson ? json(200, { next: isGone ? next : null }) : redirect(next);
}

function actionOf(ticket: string, form: URLSearchParams): Record<string, unknown> {
  const isNote = form.get('kind') === 'internal';
  const chosen = form.get('do') ?? 'reply';
  const text = (form.get('text') ?? '').replace(/\r\n/g, '\n');
  const uploads = form.getAll('upload');
  const words = (name: string): string[] => (form.get(name) ?? '').split(/[\s,]+/).filter((word) => word !== '');
  return {
    ticket,
    as: Number(form.get('as')),
    do: chosen === 'reply' && isNote ? 'note' : chosen,
    public: !isNote,
    into: form.get('into') ?? undefined,
    requester: form.get('requester') ?? undefined,
    add: words('add'),
    remove: words('remove'),
    ...(text.trim() === '' ? {} : { text }),
    ...(uploads.length === 0 ? {} : { uploads }),
  };
}

async function upload(ask: Ask): Promise<Answer> {
  const { exchange } = ask;
  const fileName = exchange.query.get('filename') ?? 'file';
  const contentType = exchange.headers['content-type'] ?? 'application/octet-stream';
  const added = await ask.accounts.write(ask.control.subdomain, (session) =>
    addUpload(session, { fileName, contentType, bytes: exchange.body, token: null }),
  );
  return json(201, { token: added.token });
}

/** What a refusal of the API says, for people. */
function sentence(answer: Answer): string {
  if (answer.status === 404) return 'There is no such ticket, or it was deleted.';
  const content = typeof answer.body === 'string' ? answer.body : '';
  const descriptions = [...content.matchAll(/"description":"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  const said = descriptions.at(-1) ?? content;
  const wait = answer.headers['retry-after'];
  return wait === undefined ? said : `${said}. Try again in ${wait} seconds.`;
}

const problemPage = (status: number, said: string): Answer =>
  page(
    status,
    sandboxPage({
      title: 'Not possible',
      vendor: 'Zendesk',
      body: html`<div class="card">
        <h1>Not possible</h1>
        <p>${said}</p>
      </div>`,
    }),
  );
