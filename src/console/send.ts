import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { countHeld } from '../db/console/parked.ts';
import { allowPage } from '../api/security-headers.ts';
import { frame } from './frame.ts';
import type { Flash } from './sign-in/session.ts';
import { keepFlash, takeFlash } from './sign-in/session.ts';
import type { PageReply, Reply, Visit } from './visit.ts';

/** Sent by the script that keeps pages fresh: what a page says once is not said to it. */
const LIVE = 'x-deskbridge-live';

interface Sending {
  readonly request: Request;
  readonly response: Response;
  readonly reply: Reply;
}

/** Sends what a visitor gets to see. A page that has not changed since the browser got it is not sent again. */
export async function sendReply(visit: Visit, { request, response, reply }: Sending): Promise<void> {
  if (reply.kind === 'go') {
    if (reply.flash !== undefined) await keepFlash(visit.deps, visit.session, reply.flash);
    return response.redirect(303, reply.to);
  }
  const isLive = request.get(LIVE) !== undefined;
  const flash = isLive ? undefined : await takeFlash(visit.deps, visit.session);
  const markup = await pageOf(visit, reply, flash);
  const tag = `"${createHash('sha256').update(markup).digest('base64url').slice(0, 24)}"`;
  response.set('ETag', tag);
  if (isLive && request.get('if-none-match') === tag) return void response.status(304).end();
  sendMarkup(response, reply.status ?? 200, markup);
}

async function pageOf(visit: Visit, reply: PageReply, flash: Flash | undefined): Promise<string> {
  const held = reply.app === undefined ? 0 : await countHeld(visit.deps.db, reply.app.id);
  return frame({ page: reply, flash, held, visitor: { email: visit.session.email, csrf: visit.csrf } }).markup;
}

export function sendMarkup(response: Response, status: number, markup: string): void {
  allowPage(response);
  response.status(status).type('html').send(`${markup}\n`);
}
