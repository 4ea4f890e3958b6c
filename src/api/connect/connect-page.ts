import type { Response } from 'express';
import { html } from '../html.ts';

/** Sends a small page to the person at the browser: what happened, and what to do. */
export function sendPage(response: Response, status: number, page: { readonly title: string; readonly text: string }): void {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
      </head>
      <body>
        <main>
          <h1>${page.title}</h1>
          <p>${page.text}</p>
        </main>
      </body>
    </html>`;
  response.status(status).type('html').send(`${markup}\n`);
}
