import { Router } from 'express';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { html } from '../domain/html.ts';
import type { Html } from '../domain/html.ts';
import { json, page, send } from './answer.ts';
import { sandboxPage } from './page.ts';
import type { Vendor } from './vendor.ts';

/** What people see first: the vendors, and what to enter where a vendor's demo account is connected. */
export function frontPages(vendors: readonly Vendor[]): Router {
  const router = Router();
  router.get('/', async (_request, response) => send(response, page(200, await front(vendors))));
  router.get('/connect/:vendor', (request, response) => connecting(vendors, request, response));
  return router;
}

/** Of whoever connects the account. */
const Addresses = z.object({ redirectUri: z.url(), hookUrl: z.url() });

async function connecting(vendors: readonly Vendor[], { params, query }: Request, response: Response): Promise<void> {
  const vendor = vendors.find(({ name }) => name === params['vendor']);
  const at = Addresses.safeParse(query).data;
  if (vendor?.owner === undefined || at === undefined)
    return send(response, json(404, { error: 'NotFound', description: 'Expected a vendor, a redirectUri and a hookUrl.' }));
  send(response, page(200, toEnter(vendor, await vendor.owner.fields(at))));
}

async function front(vendors: readonly Vendor[]): Promise<Html> {
  const items = [];
  for (const vendor of vendors) items.push(html`<li><a href="${(await vendor.demo()).page}">${vendor.label}</a></li>`);
  const body = html`<div class="card">
    <h1>Vendors</h1>
    <ul>
      ${items}
    </ul>
  </div>`;
  return sandboxPage({ title: 'Sandbox', vendor: 'the vendors', body });
}

const toEnter = ({ label }: Vendor, fields: Readonly<Record<string, string>>): Html =>
  sandboxPage({
    title: `Connect ${label}`,
    vendor: label,
    nav: [{ text: 'All vendors', href: '/' }],
    body: html`<div class="card">
      <h1>Connect the demo account</h1>
      <p>Enter this where the account is connected:</p>
      <dl>
        ${Object.entries(fields).map(
          ([name, value]) => html`
            <dt>${name}</dt>
            <dd><code>${value}</code></dd>
          `,
        )}
      </dl>
    </div>`,
  });
