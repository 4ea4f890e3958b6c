import { ConnectRefused, SystemError } from '../../../activities/system-error.ts';
import type { Field } from '../../../activities/connect.ts';
import { configure, settingsForm } from '../../connect/configure.ts';
import type { SettingsForm } from '../../connect/configure.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import type { Json } from '../../domain/json.ts';
import { note } from '../note.ts';
import { asSentence } from '../parts/as-sentence.ts';
import { fieldOf } from '../parts/field.ts';
import { done, page, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { foundIntegration } from './found.ts';
import type { Found } from './found.ts';

/** Leads to the settings, which may have to ask the account what there is to choose. */
export const settingsSection = ({ href, system, view }: Found): Html =>
  html`<section class="section">
    <h2>Settings</h2>
    <div class="card stack">
      <dl class="facts">
        ${system.facts.settings.map(
          (field) =>
            html`<dt>${field.label}</dt>
              <dd>${shown(field, view.settings[field.name])}</dd>`,
        )}
      </dl>
      <a class="button" href="${href}/settings">Change the settings</a>
    </div>
  </section>`;

/** What a setting is set to, as far as it can be told without asking the account. */
function shown({ type, default: otherwise }: Field, saved: Json | undefined): string {
  const value = saved ?? otherwise;
  if (type === 'toggle') return value === true ? 'on' : 'off';
  if (typeof value !== 'string' || value === '') return type === 'choice' ? 'none chosen' : 'not set';
  return type === 'secret' ? 'set' : value;
}

interface Tried {
  readonly form: URLSearchParams;
  readonly problem: string;
  readonly field?: string | undefined;
}

/** What a system declares as settings, with what its account offers to choose from. */
export async function settingsPage(visit: AppVisit, tried?: Tried): Promise<Reply> {
  const found = await foundIntegration(visit);
  const { view, href } = found;
  const { form, problem } = await offered(visit, found);
  return page({
    title: 'Settings',
    lead: view.displayName,
    section: 'integrations',
    up: { text: view.displayName, href },
    ...(tried !== undefined && { status: 400 }),
    body: html`<form method="post" action="${href}/settings" class="card fields wide">
      ${visit.csrf}
      ${problem !== undefined && html`<p class="flash bad" role="alert">The account could not be asked what there is to choose: ${problem}.</p>`}
      ${tried !== undefined && tried.field === undefined && html`<p class="flash bad" role="alert">${asSentence(tried.problem)}</p>`}
      ${form.fields.map((field) => {
        const kept = form.values[field.name];
        const value = tried?.form.get(field.name) ?? (typeof kept === 'string' || typeof kept === 'boolean' ? kept : undefined);
        return fieldOf(field, { value, problem: tried?.field === field.name ? asSentence(tried.problem) : undefined });
      })}
      <button class="primary">Save</button>
      <p class="help">What you choose is tried out before it is kept, and counts from the next message on.</p>
    </form>`,
  });
}

async function offered(
  { deps, app }: AppVisit,
  { view, system }: Found,
): Promise<{ readonly form: SettingsForm; readonly problem?: string }> {
  const known = { fields: system.facts.settings, values: view.settings };
  try {
    return { form: (await settingsForm(deps, { app: app.id, integration: view.id })) ?? known };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return { form: known, problem: error.message };
  }
}

export async function saveSettings(visit: AppVisit): Promise<Reply> {
  const { deps, app, form } = visit;
  const { view, system, href } = await foundIntegration(visit);
  // A box that is not ticked is not sent.
  const given = system.facts.settings.map(({ name, type }) => [name, type === 'toggle' ? form.has(name) : form.get(name)]);
  try {
    const kept = await configure(deps, { app: app.id, integration: view.id, given: Object.fromEntries(given) });
    if (kept === undefined) return refused(href, 'Nothing was saved: it is not connected any more.');
    await note(visit, 'changed the settings of', view.displayName);
    return done(href, 'The settings are saved.');
  } catch (error) {
    if (error instanceof ConnectRefused) return await settingsPage(visit, { form, problem: error.message, field: error.field });
    if (error instanceof SystemError) return await settingsPage(visit, { form, problem: error.message });
    throw error;
  }
}
