import type { Api } from '../business-system.ts';
import { ThreadGone } from '../system-error.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { AuditsAnswer } from './answers.ts';
import type { Audit } from './answers.ts';
import { pagesOf } from './pages.ts';

/** The mark that each write of ours leaves in its audit: which batch, and what of it. */
export const markOf = (audit: Audit): string | undefined => audit.metadata?.custom?.deskbridge;

/** Comments, as they can come back to us. */
export const commentIds = (audit: Audit): readonly string[] =>
  audit.events.filter((event) => event.type === 'Comment').map((event) => `comment ${event.id}`);

/** The audit of a write of ours. Audits are read newest first, back to when it was first sent. */
export async function findAudit(ticket: string, mark: string, since: number, api: Api): Promise<Audit | undefined> {
  for await (const page of auditsOf(ticket, api)) {
    const found = page.find((audit) => markOf(audit) === mark);
    if (found !== undefined) return found;
    if (page.some((audit) => audit.created_at < since - MINUTE)) return undefined;
  }
  return undefined;
}

/** A ticket's audits, newest first, page by page. */
export async function* auditsOf(ticket: string, api: Api): AsyncGenerator<readonly Audit[]> {
  const path = `/api/v2/tickets/${ticket}/audits?sort=-created_at`;
  for await (const page of pagesOf(api, { path, missing: 'thread' }, AuditsAnswer)) yield page.audits;
}

/** What is asked of a ticket that may be gone. */
export async function unlessGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ThreadGone) return undefined;
    throw error;
  }
}
