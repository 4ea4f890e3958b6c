import type { Search } from '../../db/console/search.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import type { AppVisit } from '../visit.ts';

const STATES = { waiting: 'on the way', parked: 'parked', delivered: 'delivered' } as const;
type State = keyof typeof STATES;

/** What an address asks for. What means nothing is left out. */
export function readSearch({ query, app }: AppVisit): Search {
  const text = (name: string): string | undefined => query.get(name)?.trim().slice(0, 200) || undefined;
  const at = Number(query.get('at'));
  const id = query.get('id');
  return {
    app: app.id,
    text: text('q'),
    system: text('system'),
    state: stateNamed(query.get('state')),
    error: text('error'),
    after: id !== null && Number.isSafeInteger(at) && at >= 0 ? { at, id } : undefined,
  };
}

const isState = (name: string | null): name is State => name !== null && Object.hasOwn(STATES, name);
const stateNamed = (name: string | null): State | undefined => (isState(name) ? name : undefined);

/** The address of a search. */
export function asQuery({ text, system, state, error, after }: Search): string {
  const fields = { q: text, system, state, error, at: after?.at.toString(), id: after?.id };
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given).toString();
}

export const searchForm = ({ deps, path }: AppVisit, search: Search): Html =>
  html`<form method="get" action="${path}" class="search" role="search">
    <input type="search" name="q" value="${search.text}" placeholder="Name, e-mail address or id" aria-label="App user" />
    <select name="system" aria-label="System">
      <option value="">every system</option>
      ${deps.systems.map(
        ({ name, facts }) => html`<option value="${name}" ${name === search.system && html`selected`}>${facts.label}</option>`,
      )}
    </select>
    <select name="state" aria-label="State">
      <option value="">every state</option>
      ${Object.entries(STATES).map(
        ([name, words]) => html`<option value="${name}" ${name === search.state && html`selected`}>${words}</option>`,
      )}
    </select>
    <input type="search" name="error" value="${search.error}" placeholder="Error, such as 503" aria-label="Last error" />
    <button>Search</button>
  </form>`;
