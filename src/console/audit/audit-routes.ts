import { listDeeds } from '../../db/console/audit.ts';
import type { AuditEntry } from '../../db/console/audit.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { empty } from '../parts/empty.ts';
import { timeOf } from '../parts/time.ts';
import { appGet, get } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { page } from '../visit.ts';
import type { AppVisit, Reply, Visit } from '../visit.ts';

const PAGE = 50;

/** Who changed what: of one app, or of all. */
export const auditRoutes: readonly ConsoleRoute[] = [
  get('/audit', (visit) => audit(visit, undefined)),
  appGet('/audit', (visit) => audit(visit, visit.app)),
];

async function audit(visit: Visit, app: AppVisit['app'] | undefined): Promise<Reply> {
  const before = Number(visit.query.get('before') ?? '');
  const bound = Number.isSafeInteger(before) && before > 0 ? before : undefined;
  const deeds = await listDeeds(visit.deps.db, { app: app?.id, before: bound, limit: PAGE + 1 });
  const [shown, more] = [deeds.slice(0, PAGE), deeds.length > PAGE];
  return page({
    title: 'Audit log',
    lead: 'Who changed what, newest first.',
    section: 'audit',
    body:
      shown.length === 0
        ? empty(
            'Nothing was changed yet',
            'Whatever administrators do here is written down: connecting, removing, keys, retries.',
          )
        : html`${table(shown, app === undefined)}
          ${more && html`<p class="more"><a href="${visit.path}?before=${shown.at(-1)?.id}">Older</a></p>`}`,
  });
}

const table = (deeds: readonly AuditEntry[], withApp: boolean): Html =>
  html`<div class="table">
    <table>
      <thead>
        <tr>
          <th>When</th>
          <th>Who</th>
          <th>What</th>
          ${withApp && html`<th>App</th>`}
        </tr>
      </thead>
      <tbody>
        ${deeds.map(
          (deed) =>
            html`<tr>
              <td>${timeOf(deed.at)}</td>
              <td>${deed.who}</td>
              <td>${deed.action} ${deed.subject !== '' && html`<b>${deed.subject}</b>`}</td>
              ${withApp && html`<td>${deed.app ?? ''}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
