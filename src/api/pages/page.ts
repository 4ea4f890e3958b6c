import { join } from 'node:path';
import express from 'express';
import type { Response, Router } from 'express';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { allowPage } from '../security-headers.ts';

/** Style and script of the pages, the same for all. */
export function assetRoutes(): Router {
  const router = express.Router();
  router.use(express.static(join(import.meta.dirname, 'assets'), { index: false, maxAge: '1h' }));
  return router;
}

/** Sends a page to the person at the browser. */
export function sendPage(response: Response, status: number, page: { readonly title: string; readonly body: Html }): void {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${page.title}</title>
        <link rel="stylesheet" href="/assets/page.css" />
        <script src="/assets/local-times.js" defer></script>
      </head>
      <body>
        <main>
          <h1>${page.title}</h1>
          ${page.body}
        </main>
      </body>
    </html>`;
  allowPage(response);
  response.status(status).type('html').send(`${markup}\n`);
}

/** A point in time: in the viewer's own zone where scripts run, else in UTC. */
export function timeOf(epochMs: number): Html {
  const at = new Date(epochMs).toISOString();
  return html`<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
