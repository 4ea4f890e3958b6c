import type { HttpAnswer } from '../http.ts';
import { SECOND } from '../../src/domain/time.ts';

/** Limits of at least so many updates are the account's, which travel under the same header. */
const ACCOUNT_WIDE_FROM = 100;

/**
 * What an answer says about its ticket's limit: `zendesk-ratelimit-tickets-update: total=30; remaining=12; resets=410`.
 * @see https://developer.zendesk.com/api-reference/introduction/rate-limits/
 */
export function parseTicketLimit(answer: HttpAnswer, now: number): { remaining: number; resetsAt: number } | undefined {
  const header = answer.headers['zendesk-ratelimit-tickets-update'];
  if (header === undefined) return undefined;
  const figure = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(header)?.[1] ?? Number.NaN);
  const [total, remaining, resets] = [figure('total'), figure('remaining'), figure('resets')];
  if (!(total < ACCOUNT_WIDE_FROM) || Number.isNaN(remaining)) return undefined;
  return { remaining, resetsAt: now + (Number.isNaN(resets) ? 0 : resets) * SECOND };
}
