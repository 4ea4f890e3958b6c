import {
  keepAdministrator,
  listAdministrators,
  readAdministrator,
  removeAdministrator,
} from '../../db/console/administrators.ts';
import type { Administrator } from '../../db/console/administrators.ts';
import { createSignInLink } from '../../db/console/sign-in-links.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { ask } from '../parts/ask.ts';
import { timeOf } from '../parts/time.ts';
import { note } from '../note.ts';
import { get, post } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { passwordProblem } from '../sign-in/credentials.ts';
import { hashPassword, isPassword } from '../sign-in/password.ts';
import { newPasswordField } from '../sign-in/sign-in-pages.ts';
import { TOO_MANY } from '../sign-in/throttle.ts';
import { welcomeUrl } from '../sign-in/welcome-url.ts';
import { done, page, refused } from '../visit.ts';
import type { Reply, Visit } from '../visit.ts';

/** Who may use the console, and one's own password. */
export const administratorRoutes: readonly ConsoleRoute[] = [
  get('/administrators', list),
  post('/administrators/invite', invite),
  post('/administrators/remove', remove),
  get('/account', (visit) => Promise.resolve(account(visit))),
  post('/account', changePassword),
];

const HERE = '/console/administrators';

async function list(visit: Visit): Promise<Reply> {
  const administrators = await listAdministrators(visit.deps.db);
  return page({
    title: 'Administrators',
    lead: 'Everybody here may do everything here, in all apps.',
    section: 'administrators',
    body: html`<div class="table">
        <table>
          <thead>
            <tr>
              <th>E-mail address</th>
              <th>Since</th>
              <th>Last signed in</th>
              <th></th>
            </tr>
          </thead>
          <tbody>
            ${administrators.map((administrator) => row(visit, administrator, administrators.length > 1))}
          </tbody>
        </table>
      </div>
      <section class="section card">
        <h2>Invite somebody</h2>
        <p class="help">Makes a link that works once, within a day. Whoever opens it chooses an address and a password.</p>
        <form method="post" action="${HERE}/invite" class="section">${visit.csrf} <button>Make a one-time link</button></form>
      </section>`,
  });
}

function row(visit: Visit, { id, email, created_at, signed_in_at }: Administrator, isOneOfMany: boolean): Html {
  const isSelf = id === visit.session.administrator;
  return html`<tr>
    <td>${email} ${isSelf && html`<span class="quiet">you</span>`}</td>
    <td>${timeOf(created_at)}</td>
    <td>${signed_in_at === null ? html`<span class="quiet">never</span>` : timeOf(signed_in_at)}</td>
    <td class="end">
      ${
        isOneOfMany &&
        !isSelf &&
        ask({
          button: 'Remove…',
          question: html`<b>${email}</b> is signed out at once and cannot come back without a new link.`,
          yes: 'Remove the administrator',
          action: `${HERE}/remove`,
          csrf: visit.csrf,
          fields: html`<input type="hidden" name="id" value="${id}" />`,
        })
      }
    </td>
  </tr>`;
}

async function invite(visit: Visit): Promise<Reply> {
  const { db, clock, settings } = visit.deps;
  const token = await createSignInLink(db, visit.session.email, clock.now());
  await note(visit, 'made a one-time link', '');
  return done(HERE, 'Send this link to your colleague. It works once, within a day.', {
    Link: welcomeUrl(settings.publicUrl, token),
  });
}

async function remove(visit: Visit): Promise<Reply> {
  const administrators = await listAdministrators(visit.deps.db);
  const found = administrators.find(({ id }) => id === visit.form.get('id'));
  if (found === undefined || !(await removeAdministrator(visit.deps.db, found.id)))
    return refused(HERE, 'Nobody was removed: they are gone already, or the last one.');
  await note(visit, 'removed the administrator', found.email);
  return done(HERE, `${found.email} is no administrator any more.`);
}

const account = (visit: Visit, problem?: string, status = 400): Reply =>
  page({
    title: 'Your password',
    lead: visit.session.email,
    ...(problem !== undefined && { status }),
    body: html`<form method="post" action="/console/account" class="card fields">
      ${visit.csrf} ${problem !== undefined && html`<p class="flash bad" role="alert">${problem}</p>`}
      <div class="field">
        <label for="current">Present password</label>
        <input id="current" name="current" type="password" autocomplete="current-password" required />
      </div>
      ${newPasswordField(undefined)}
      <button class="primary">Change the password</button>
      <p class="help">You are signed out everywhere and sign in with the new one.</p>
    </form>`,
  });

async function changePassword(visit: Visit): Promise<Reply> {
  const { db, clock, throttle } = visit.deps;
  const { email, password } = await readAdministrator(db, visit.session.administrator);
  const wanted = visit.form.get('password') ?? '';
  const problem = passwordProblem(wanted)['password'];
  if (problem !== undefined) return account(visit, problem);
  // Whoever has but the session does not find out the password.
  const place = `session ${visit.session.hash}`;
  if (!(await throttle.mayTry(email, place))) return account(visit, TOO_MANY, 429);
  if (!(await isPassword(visit.form.get('current') ?? '', password))) {
    await throttle.failed(email, place);
    return account(visit, 'The present password is wrong.');
  }
  await keepAdministrator(db, { email, password: await hashPassword(wanted), now: clock.now() });
  await note(visit, 'changed their password', '');
  return { kind: 'go', to: '/console/sign-in' };
}
