import { MINUTE, SECOND } from '../../../domain/time.ts';
import { type Limit, takeSliding, type Verdict, wholeSeconds } from '../../sliding-limit.ts';
import { accountLimited, limited } from '../problem.ts';
import type { ZendeskSession } from './session.ts';

/** Counts one against a limit that starts anew with each period. */
function takeFixed(session: ZendeskSession, limit: Limit): Verdict {
  const { state, now } = session;
  const since = now - (now % limit.periodMs);
  const before = state.used[limit.name];
  const used = before?.since === since ? before.count : 0;
  const allowed = used < limit.total;
  const count = allowed ? used + 1 : used;
  session.update({ used: { ...state.used, [limit.name]: { since, count } } });
  return { allowed, remaining: Math.max(0, limit.total - count), resets: wholeSeconds(since + limit.periodMs - now) };
}

type Headers = Readonly<Record<string, string>>;

/** Counts a request against the account. The headers go on every answer. */
export function takeRequest(session: ZendeskSession): { readonly verdict: Verdict; readonly headers: Headers } {
  const total = session.state.settings.requestsPerMinute;
  const verdict = takeFixed(session, { name: 'requests', total, periodMs: MINUTE });
  const headers = {
    'x-rate-limit': String(total),
    'x-rate-limit-remaining': String(verdict.remaining),
    'ratelimit-limit': String(total),
    'ratelimit-remaining': String(verdict.remaining),
    'ratelimit-reset': String(verdict.resets),
  };
  return { verdict, headers };
}

/** @throws {Refusal} 429 as plain text when the account has used up its minute. */
export function refuseOverLimit(verdict: Verdict): void {
  if (!verdict.allowed) throw accountLimited(verdict.resets);
}

const updateHeader = (total: number, verdict: Verdict): Headers => ({
  'zendesk-ratelimit-tickets-update': `total=${total}; remaining=${verdict.remaining}; resets=${verdict.resets}`,
});

/**
 * Counts an update of a ticket: of this ticket, and of the account's minute.
 * @throws {Refusal} 429 with the scope that is used up in the header.
 */
export async function takeTicketUpdate(session: ZendeskSession, ticketId: number, userId: number): Promise<Headers> {
  const { settings } = session.state;
  const perTicket = {
    name: settings.ticketUpdateLimitPer === 'ticket' ? `ticket:${ticketId}` : `ticket:${ticketId}:${userId}`,
    total: settings.ticketUpdateLimit,
    periodMs: settings.ticketUpdatePeriodMs,
  };
  const ofTicket = await takeSliding(session, perTicket);
  const headers = updateHeader(perTicket.total, ofTicket);
  if (!ofTicket.allowed) throw limited(ofTicket.resets, 'Number of allowed updates to this ticket exceeded', headers);
  const total = settings.ticketUpdatesPerMinute;
  const ofAccount = takeFixed(session, { name: 'ticket-updates', total, periodMs: MINUTE });
  if (ofAccount.allowed) return headers;
  throw limited(ofAccount.resets, 'Number of allowed ticket updates per minute exceeded', updateHeader(total, ofAccount));
}

/** Counts a write of any user, and of this one once it is known. @throws {Refusal} 429 */
export async function takeUserWrite(session: ZendeskSession, userId?: number): Promise<void> {
  const { settings } = session.state;
  const limit =
    userId === undefined
      ? { name: 'user-writes', total: settings.userWritesPerSecond, periodMs: SECOND }
      : { name: `user:${userId}`, total: settings.userWritesPerUserAndMinute, periodMs: MINUTE };
  const verdict = await takeSliding(session, limit);
  if (!verdict.allowed) throw limited(verdict.resets, 'Number of allowed user updates exceeded');
}

/** @throws {Refusal} 429 */
export function takeIncremental(session: ZendeskSession): void {
  const total = session.state.settings.incrementalPerMinute;
  const verdict = takeFixed(session, { name: 'incremental', total, periodMs: MINUTE });
  if (verdict.allowed) return;
  throw limited(verdict.resets, 'Number of allowed incremental export API requests per minute exceeded');
}
