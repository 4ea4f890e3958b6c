import { html } from '../domain/html.ts';
import type { Html } from '../domain/html.ts';
import type { Flash } from './sign-in/session.ts';
import { secretBox } from './parts/secret.ts';
import type { PageReply, Section } from './visit.ts';

export interface Framed {
  readonly page: PageReply;
  readonly flash: Flash | undefined;
  /** How many messages of the app wait for a person. */
  readonly held: number;
  readonly visitor: { readonly email: string; readonly csrf: Html };
}

const ASSETS = '/console/assets';

/** A page with all that is around it. */
export const frame = ({ page, flash, held, visitor }: Framed): Html =>
  document(
    { title: page.app === undefined ? page.title : `${page.title} · ${page.app.name}`, leaveFor: page.leaveFor },
    html`<a class="skip" href="#main">Skip to the content</a>
      <div class="shell">
        <header class="side">
          ${brand} ${page.app === undefined ? generalNav(page.section) : appNav(page.app, page.section, held)}
          <form class="me" method="post" action="/console/sign-out">
            ${visitor.csrf}
            <a href="/console/account" title="Your password">${visitor.email}</a>
            <button class="plain">Sign out</button>
          </form>
        </header>
        <main id="main">
          ${flash && said(flash)}
          <div class="head">
            ${page.up && html`<a class="up" href="${page.up.href}">← ${page.up.text}</a>`}
            <h1>${page.title}</h1>
            ${page.lead !== undefined && html`<p class="lead">${page.lead}</p>`}
          </div>
          ${page.body}
        </main>
      </div>`,
  );

/** A page for whoever is not signed in, or cannot be shown what they asked for. */
export const bareFrame = (page: { readonly title: string; readonly body: Html }): Html =>
  document(
    { title: page.title },
    html`<main id="main" class="bare">
      ${brand}
      <div class="card">
        <h1>${page.title}</h1>
        ${page.body}
      </div>
    </main>`,
  );

const document = (head: { readonly title: string; readonly leaveFor?: string | undefined }, body: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        ${head.leaveFor !== undefined && html`<meta http-equiv="refresh" content="0;url=${head.leaveFor}" />`}
        <title>${head.title} · Deskbridge</title>
        <link rel="icon" href="${ASSETS}/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${ASSETS}/console.css" />
        <link rel="stylesheet" href="${ASSETS}/parts.css" />
        <link rel="stylesheet" href="${ASSETS}/small-parts.css" />
        <link rel="stylesheet" href="${ASSETS}/pages.css" />
        <script src="${ASSETS}/console.js" type="module"></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`;

const brand = html`<a class="brand" href="/console/apps"
  ><img src="${ASSETS}/icon.svg" alt="" width="24" height="24" /> Deskbridge</a
>`;

const generalNav = (section: PageReply['section']): Html =>
  html`<nav aria-label="Deskbridge">
    ${item('/console/apps', 'Apps', section === 'apps')}
    ${item('/console/administrators', 'Administrators', section === 'administrators')}
    ${item('/console/audit', 'Audit log', section === 'audit')}
  </nav>`;

const SECTIONS: readonly (readonly [Section, string])[] = [
  ['integrations', 'Integrations'],
  ['conversations', 'Conversations'],
  ['parked', 'Parked work'],
  ['webhooks', 'Webhooks'],
  ['keys', 'Keys'],
  ['try', 'Try it'],
  ['audit', 'Audit log'],
  ['settings', 'Settings'],
];

const appNav = (app: NonNullable<PageReply['app']>, section: PageReply['section'], held: number): Html =>
  html`<a class="where" href="/console/apps"
      ><span class="quiet">App</span> <b>${app.name}</b> <span class="quiet">All apps</span></a
    >
    <nav aria-label="${app.name}">
      ${SECTIONS.map(([name, text]) =>
        item(`/console/apps/${app.id}/${name}`, text, name === section, name === 'parked' ? held : 0),
      )}
    </nav>`;

const item = (href: string, text: string, isHere: boolean, count = 0): Html =>
  html`<a href="${href}" ${isHere && html`aria-current="page"`}>
    ${text} ${count > 0 && html`<span class="count" title="messages that are held">${count}</span>`}
  </a>`;

const said = ({ tone, text, secrets }: Flash): Html =>
  html`<div class="flash ${tone}" role="${tone === 'bad' ? 'alert' : 'status'}">
    <p>${text}</p>
    ${secrets !== undefined && Object.entries(secrets).map(([name, secret]) => secretBox(name, secret))}
  </div>`;
