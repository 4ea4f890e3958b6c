import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { SHORTEST_PASSWORD } from './credentials.ts';
import type { Problems } from './credentials.ts';

export interface BarePage {
  readonly title: string;
  readonly body: Html;
}

/** How a link is made: for those who have no password, or forgot it. */
const HOW = html`<div class="quiet">
  <p>No password, or forgotten it? Ask another administrator for a one-time link, or print one where Deskbridge runs:</p>
  <ul>
    <li>with Docker Compose: <code>docker compose run --rm --no-deps api sign-in-link</code></li>
    <li>with environment variables of your own: <code>sh src/dev/node src/main.ts sign-in-link</code></li>
    <li>started by <code>npm start</code>: it prints one each time it starts</li>
  </ul>
</div>`;

export const signInForm = (shown: {
  readonly to: string;
  readonly email?: string;
  readonly problem?: string;
  readonly isNew?: boolean;
}): BarePage => ({
  title: 'Sign in',
  body: html`${shown.isNew === true && html`<p>Nobody has a password yet. Open the one-time link that the start of Deskbridge printed.</p>`}
    ${shown.problem !== undefined && html`<p class="flash bad" role="alert">${shown.problem}</p>`}
    <form method="post" action="/console/sign-in" class="fields">
      <input type="hidden" name="to" value="${shown.to}" />
      ${emailField(shown.email, undefined, 'username')}
      <div class="field">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required />
      </div>
      <button class="primary">Sign in</button>
    </form>
    ${HOW}`,
});

export const welcomeForm = (shown: {
  readonly token: string;
  readonly isNew: boolean;
  readonly email?: string | undefined;
  readonly problems?: Problems;
}): BarePage => ({
  title: shown.isNew ? 'Welcome to Deskbridge' : 'Choose how you sign in',
  body: html`<p>
      ${
        shown.isNew
          ? 'You are the first one here. Choose how you sign in from now on.'
          : 'For a new administrator, or for one who forgot their password: the address says whose password this is.'
      }
    </p>
    <form method="post" action="/console/welcome" class="fields">
      <input type="hidden" name="token" value="${shown.token}" />
      ${emailField(shown.email, shown.problems?.['email'], 'username')} ${newPasswordField(shown.problems?.['password'])}
      <button class="primary">${shown.isNew ? 'Begin' : 'Set the password and sign in'}</button>
    </form>`,
});

export const linkOver = (): BarePage => ({
  title: 'This link is over',
  body: html`<p>It was used, or it is older than a day. A link works once.</p>
    ${HOW}
    <p><a href="/console/sign-in">Sign in with a password</a></p>`,
});

const emailField = (value: string | undefined, problem: string | undefined, autocomplete: string): Html =>
  html`<div class="field">
    <label for="email">E-mail address</label>
    <input id="email" name="email" type="email" autocomplete="${autocomplete}" required value="${value}" />
    ${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
  </div>`;

export const newPasswordField = (problem: string | undefined): Html =>
  html`<div class="field">
    <label for="password">New password</label>
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="new-password"
      required
      minlength="${SHORTEST_PASSWORD}"
      aria-describedby="password-help"
    />
    <p class="help" id="password-help">At least ${SHORTEST_PASSWORD} characters.</p>
    ${problem !== undefined && html`<p class="problem" role="alert">${problem}</p>`}
  </div>`;
