import type { Api, MovedThread, RemoteThread } from '../business-system.ts';
import { TicketAnswer } from './answers.ts';
import type { Audit } from './answers.ts';
import { auditsOf, unlessGone } from './audits.ts';
import { callZendesk } from './client.ts';
import { dataOf, labelOf } from './tickets.ts';

/** A ticket that went through more mergers than this is not followed. */
const MOST_MERGERS = 5;

/**
 * The ticket in which a merged one goes on; if that was merged in turn, the last one.
 * @returns `undefined` when the ticket was just closed, or the other one is gone.
 */
export async function successor(thread: Pick<RemoteThread, 'remoteId'>, api: Api): Promise<MovedThread | undefined> {
  let at = await mergerOf(thread.remoteId, api);
  for (let mergers = 1; at !== undefined && mergers < MOST_MERGERS; mergers += 1) {
    const next = await mergerOf(at.into, api);
    if (next === undefined) return await movedTo(at, api);
    at = next;
  }
  return undefined;
}

interface Merger {
  readonly into: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The audit of a merger tells where the ticket went. It is the last one of a closed ticket, or nearly. */
async function mergerOf(ticket: string, api: Api): Promise<Merger | undefined> {
  return await unlessGone(async () => {
    const page = await auditsOf(ticket, api).next();
    const audit = page.done === true ? undefined : page.value.find((one) => targetOf(one) !== undefined);
    const into = audit === undefined ? undefined : targetOf(audit);
    return audit === undefined || into === undefined ? undefined : { into, at: audit.created_at };
  });
}

function targetOf({ via, events }: Audit): string | undefined {
  const { rel, to, from } = via?.source ?? {};
  if (rel !== 'merge' || from?.ticket_ids !== undefined) return undefined;
  return to?.ticket_id ?? events.flatMap(numberIn)[0];
}

/** The comment that the merger leaves: "This request was closed and merged into request #4711 …". */
const numberIn = ({ type, body }: Audit['events'][number]): readonly string[] =>
  type === 'Comment' && typeof body === 'string' ? [...body.matchAll(/#(\d+)/g)].flatMap(([, id]) => id ?? []).slice(0, 1) : [];

/** What was said in the other ticket before the merger was not said in our conversation. */
async function movedTo({ into, at }: Merger, api: Api): Promise<MovedThread | undefined> {
  return await unlessGone(async () => {
    const { body } = await callZendesk(api, { method: 'GET', path: `/api/v2/tickets/${into}`, missing: 'thread' }, TicketAnswer);
    const { ticket } = body;
    return {
      remoteId: ticket.id,
      label: labelOf(ticket),
      addressee: ticket.requester_id,
      data: { ...dataOf(ticket), since: at },
    };
  });
}
