import { type Html, html } from '../domain/html.ts';

export interface PageParts {
  readonly title: string;
  /** The vendor's name, shown beside the banner. */
  readonly vendor: string;
  /** Links at the top: text and address. */
  readonly nav?: readonly { readonly text: string; readonly href: string }[];
  readonly body: Html;
  /** Whether it takes all of the window. */
  readonly wide?: boolean;
  /** Addresses of style sheets, besides the sandbox's own. */
  readonly styles?: readonly string[];
  /** Addresses of scripts: modules. */
  readonly scripts?: readonly string[];
}

/** A page of the sandbox, with its banner. */
export function sandboxPage(parts: PageParts): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${parts.title}</title>
        <link rel="icon" href="data:," />
        ${['/sandbox/assets/page.css', ...(parts.styles ?? [])].map((href) => html`<link rel="stylesheet" href="${href}" />`)}
      </head>
      <body>
        <p class="banner"><strong>Sandbox.</strong> A local stand-in for ${parts.vendor}. Nothing here reaches the real one.</p>
        <header class="top">
          <span class="brand">${parts.vendor}</span>
          <nav>${(parts.nav ?? []).map((link) => html`<a href="${link.href}">${link.text}</a>`)}</nav>
        </header>
        <main class="${parts.wide === true && 'wide'}">${parts.body}</main>
        ${(parts.scripts ?? []).map((src) => html`<script type="module" src="${src}"></script>`)}
      </body>
    </html>`;
}
