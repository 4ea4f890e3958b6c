import { createAppKey, listKeys, revokeKey } from '../../db/apps.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { readName } from '../apps/read-name.ts';
import { note } from '../note.ts';
import { ask } from '../parts/ask.ts';
import { empty } from '../parts/empty.ts';
import { timeOf } from '../parts/time.ts';
import { appGet, appPost } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { done, page, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';

/** The keys with which the app talks to the API. */
export const keyRoutes: readonly ConsoleRoute[] = [
  appGet('/keys', list),
  appPost('/keys', create),
  appPost('/keys/revoke', revoke),
];

async function list(visit: AppVisit): Promise<Reply> {
  const { deps, app, home, csrf } = visit;
  const keys = await listKeys(deps.db, app.id);
  return page({
    title: 'Keys',
    lead: 'Your app signs its requests to the API with a key. A secret is shown once, when its key is made.',
    section: 'keys',
    body: html`${keys.length === 0 ? empty('There is no key', 'Without one your app cannot talk to Deskbridge. Make one below.') : table(visit, keys)}
      <section class="section card">
        <h2>New key</h2>
        <form method="post" action="${home}/keys" class="row">
          ${csrf}
          <input
            name="name"
            required
            maxlength="100"
            placeholder="What it is for"
            aria-label="What the key is for"
            class="grow"
          />
          <button class="primary">Create</button>
        </form>
      </section>`,
  });
}

const table = ({ home, csrf }: AppVisit, keys: Awaited<ReturnType<typeof listKeys>>): Html =>
  html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>Name</th>
          <th>Key id</th>
          <th>Since</th>
          <th></th>
        </tr>
      </thead>
      <tbody>
        ${keys.map(
          ({ id, name, created_at }) =>
            html`<tr>
              <td>${name}</td>
              <td><code>${id}</code></td>
              <td>${timeOf(created_at)}</td>
              <td class="end">
                ${ask({
                  button: 'Revoke…',
                  question: html`Requests made with <b>${name}</b> are refused from now on.`,
                  yes: 'Revoke the key',
                  action: `${home}/keys/revoke`,
                  csrf,
                  fields: html`<input type="hidden" name="id" value="${id}" />`,
                })}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

async function create(visit: AppVisit): Promise<Reply> {
  const { deps, app, home, form } = visit;
  const name = readName(form);
  if (name === undefined) return refused(`${home}/keys`, 'Expected a name of 1 to 100 characters.');
  const { keyId, secret } = await createAppKey(deps.db, deps.vault, { app: app.id, name, now: deps.clock.now() });
  await note(visit, 'created the key', name);
  return done(`${home}/keys`, 'The key is good from now on. Its secret is shown now and never again.', {
    'Key id': keyId,
    Secret: secret,
  });
}

async function revoke(visit: AppVisit): Promise<Reply> {
  const { deps, app, home, form } = visit;
  const name = await revokeKey(deps.db, app.id, form.get('id') ?? '');
  if (name === undefined) return refused(`${home}/keys`, 'There is no such key any more.');
  await note(visit, 'revoked the key', name);
  return done(`${home}/keys`, `The key ${name} is revoked.`);
}
