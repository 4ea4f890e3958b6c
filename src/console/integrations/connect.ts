import type { BusinessSystem } from '../../../activities/business-system.ts';
import type { Field } from '../../../activities/connect.ts';
import { ConnectRefused, SystemError } from '../../../activities/system-error.ts';
import { notFound } from '../../api/problem.ts';
import { beginConnect } from '../../connect/begin.ts';
import type { BegunIntegration } from '../../connect/begin.ts';
import { installSystem } from '../../connect/install-flow.ts';
import { findPromised } from '../../db/connect-states.ts';
import type { Promised } from '../../db/connect-states.ts';
import { listViews, readView } from '../../db/console/integrations.ts';
import type { IntegrationView } from '../../db/console/integrations.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { isId, toId } from '../../domain/ids.ts';
import type { IntegrationId } from '../../domain/ids.ts';
import { note } from '../note.ts';
import { asSentence } from '../parts/as-sentence.ts';
import { fieldOf } from '../parts/field.ts';
import { done, page, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { heldChoice, wantedWithHeld } from './held-choice.ts';
import { installPage, stillWaiting } from './install-page.ts';

/** What is shown again when it was not accepted. */
interface Tried {
  readonly form: URLSearchParams;
  readonly problem: string;
  /** The field to correct. */
  readonly field?: string | undefined;
}

/** The form that a system declares for connecting an account. */
export async function connectPage(visit: AppVisit, tried?: Tried): Promise<Reply> {
  const system = systemOf(visit);
  const { facts } = system;
  const held = await heldOf(visit, system);
  return page({
    title: `Connect ${facts.label}`,
    lead: facts.about,
    section: 'integrations',
    up: { text: 'Integrations', href: `${visit.home}/integrations` },
    ...(tried !== undefined && { status: 400 }),
    body: html`${sandboxNote(visit, system)}
      <form method="post" class="card fields wide" action="${visit.path}">
        ${visit.csrf}
        ${tried !== undefined && tried.field === undefined && html`<p class="flash bad" role="alert">${asSentence(tried.problem)}</p>`}
        ${fieldsOf(system).map((field) => fieldOf(field, filled(visit, field, tried)))} ${heldChoice(held)}
        <button class="primary">${facts.connectFlow.kind === 'fields' ? 'Connect' : `Continue to ${facts.label}`}</button>
        ${facts.connectFlow.kind === 'oauth' && html`<p class="help">${facts.label} asks you to allow access, and sends you back here.</p>`}
        ${facts.connectFlow.kind === 'install' && html`<p class="help">You get a link to ${facts.label}, where you allow the installation.</p>`}
        ${facts.connectFlow.kind === 'fields' && html`<p class="help">What you type is tried out at ${facts.label} before it is kept.</p>`}
      </form>`,
  });
}

/** Who tries things out has no account of their own. */
function sandboxNote({ deps: { sandboxUrl, settings } }: AppVisit, { name, facts }: BusinessSystem): Html | false {
  if (sandboxUrl === undefined) return false;
  const at = { redirectUri: `${settings.publicUrl}/connect/${name}/return`, hookUrl: `${settings.publicUrl}/hooks/${name}` };
  const href = `${sandboxUrl}/connect/${name}?${new URLSearchParams(at).toString()}`;
  return html`<p class="flash" role="note">
    This leads to the sandbox, not to the real ${facts.label}.
    <a href="${href}" target="_blank" rel="noreferrer">See what to enter ↗</a>
  </p>`;
}

/** An address can bring values along: those of an account that is to be connected again. Never secrets. */
function filled({ query }: AppVisit, field: Field, tried: Tried | undefined) {
  const value = (tried?.form ?? query).get(field.name) ?? undefined;
  return { value, problem: tried?.field === field.name ? asSentence(tried.problem) : undefined };
}

/** What can be connected again and has messages waiting for that. */
const heldOf = async ({ deps, app }: AppVisit, { name }: BusinessSystem): Promise<readonly IntegrationView[]> =>
  (await listViews(deps.db, app.id)).filter(
    ({ system, status, parkedReason, held }) => system === name && (status === 'removed' || parkedReason !== null) && held > 0,
  );

/** Begins to connect. What takes a person's consent goes on at the system's own site. */
export async function connectNow(visit: AppVisit): Promise<Reply> {
  const system = systemOf(visit);
  const { deps, app, form } = visit;
  try {
    const begun = await beginConnect(deps, {
      app: app.id,
      system,
      held: wantedWithHeld(form),
      given: Object.fromEntries(form),
      arrivesAt: (integration) => `${deps.settings.publicUrl}${arrivalOf(visit, system, integration)}`,
    });
    await note(visit, 'began to connect', begun.displayName ?? system.facts.label);
    if (begun.connectUrl === undefined) return connected(visit, begun);
    if (system.facts.connectFlow.kind !== 'install') return leave(visit, system, begun.connectUrl);
    return installPage(visit, system, { link: begun.connectUrl, arrivesAt: arrivalOf(visit, system, begun.integration) });
  } catch (error) {
    if (error instanceof ConnectRefused) return await connectPage(visit, { form, problem: error.message, field: error.field });
    if (error instanceof SystemError) return await connectPage(visit, { form, problem: error.message });
    throw error;
  }
}

const arrivalOf = ({ home, form }: AppVisit, system: BusinessSystem, integration: IntegrationId): string =>
  `${home}/integrations/arrive/${integration}${typedIn(system, form)}`;

/** What need not be typed in again when it goes wrong. Never secrets. */
function typedIn(system: BusinessSystem, form: URLSearchParams): string {
  const typed = fieldsOf(system)
    .filter(({ type, name }) => type !== 'secret' && (form.get(name) ?? '') !== '')
    .map(({ name }): [string, string] => [name, form.get(name) ?? '']);
  return typed.length === 0 ? '' : `?${new URLSearchParams(typed).toString()}`;
}

const connected = ({ home }: AppVisit, { integration, displayName }: BegunIntegration): Reply =>
  done(`${home}/integrations/${integration}`, `${displayName ?? 'The account'} is connected.`);

/** A page in between: browsers let no form lead to another site. */
const leave = ({ home }: AppVisit, { facts }: BusinessSystem, url: string): Reply =>
  page({
    title: `Connect ${facts.label}`,
    section: 'integrations',
    leaveFor: url,
    body: html`<p class="card">
      <span class="row"><span class="spinner" aria-hidden="true"></span> Taking you to ${facts.label}…</span>
      <a class="button primary section" href="${url}">Continue to ${facts.label}</a> <a href="${home}/integrations">Cancel</a>
    </p>`,
  });

const search = ({ query }: AppVisit): string => (query.size === 0 ? '' : `?${query.toString()}`);
const formAgain = (visit: AppVisit, system: string): string => `${visit.home}/integrations/connect/${system}${search(visit)}`;

/** One that is being installed comes to its end without the browser. */
function awaited({ deps }: AppVisit, promised: Promised | undefined): BusinessSystem | undefined {
  if (promised === undefined || promised.became !== undefined || promised.problem !== undefined) return undefined;
  return installSystem(deps.systems, promised.system);
}

/** The browser is back, with an account or without. The account may be one that the app had before: then that integration lives on. */
export async function arrive(visit: AppVisit): Promise<Reply> {
  const { deps, app, home } = visit;
  const id = visit.param('id');
  const promised = isId(id)
    ? await findPromised(deps.db, { app: app.id, integration: toId<IntegrationId>(id), now: deps.clock.now() })
    : undefined;
  const system = awaited(visit, promised);
  if (system !== undefined) return stillWaiting(visit, system, `${visit.path}${search(visit)}`);
  const became = promised?.became ?? undefined;
  const view = became === undefined ? undefined : await readView(deps.db, app.id, became);
  if (view === undefined) {
    const form = promised === undefined ? `${home}/integrations` : formAgain(visit, promised.system);
    return refused(form, promised?.problem ?? 'Nothing was connected. Begin again.');
  }
  await note(visit, 'connected', view.displayName);
  return done(`${home}/integrations/${view.id}`, `${view.displayName} is connected. Deskbridge now sets up what it needs there.`);
}

function systemOf(visit: AppVisit): BusinessSystem {
  const system = visit.deps.systems.find(({ name }) => name === visit.param('system'));
  if (system === undefined || system.facts.connectFlow.kind === 'none') throw notFound('There is no such system to connect.');
  return system;
}

const fieldsOf = ({ facts: { connectFlow } }: BusinessSystem): readonly Field[] =>
  connectFlow.kind === 'none' ? [] : connectFlow.fields;
