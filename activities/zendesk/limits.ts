import { z } from 'zod';
import type { Account, Budgets } from '../business-system.ts';
import type { HttpAnswer } from '../http.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';

/** Limits of at least so many updates are the account's, which travel under the same header. */
const ACCOUNT_WIDE_FROM = 100;
/** What is left of an account's limits to others who use them, and to calls that cannot wait. */
const SHARE = 0.9;

/** Zendesk's smallest plan. What the account has shows with the first answer. */
const SMALLEST = { api: 200, tickets: 100 };

const Learnt = z.object({ api: z.number().positive().optional(), tickets: z.number().positive().optional() });

/**
 * What an account takes, in calls a minute as its answers say; comments on one ticket until its own header says otherwise.
 * @see https://developer.zendesk.com/api-reference/introduction/rate-limits/
 */
export function budgetsOf({ data, operator }: Account): Budgets {
  const { api = SMALLEST.api, tickets = SMALLEST.tickets } = Learnt.catch({}).parse(data['limits']);
  return {
    thread: { count: Number(operator['ticketUpdates'] ?? 15) || 15, periodMs: 10 * MINUTE },
    account: {
      api: { intervalMs: intervalMs(api), burst: 20 },
      // One a second; a little more apart, as not all calls take equally long to get there.
      users: { intervalMs: 1_100, burst: 1 },
      tickets: { intervalMs: intervalMs(tickets), burst: 10 },
      exports: { intervalMs: 10 * SECOND, burst: 4 },
    },
  };
}

const intervalMs = (perMinute: number): number => Math.ceil(MINUTE / (perMinute * SHARE));

/** The account's limits, as every answer tells them. */
export function learn(answer: HttpAnswer, known: JsonObject): JsonObject | undefined {
  const before = Learnt.catch({}).parse(known['limits']);
  const api = Number(answer.headers['x-rate-limit'] ?? Number.NaN);
  const update = updateHeader(answer);
  const limits = {
    ...before,
    ...(api > 0 ? { api } : {}),
    ...(update !== undefined && update.total >= ACCOUNT_WIDE_FROM ? { tickets: update.total } : {}),
  };
  return Object.keys(limits).length === 0 ? undefined : { limits };
}

/** What an answer says about its ticket's limit. */
export function parseTicketLimit(
  answer: HttpAnswer,
  now: number,
): { readonly total: number; readonly remaining: number; readonly resetsAt: number } | undefined {
  const update = updateHeader(answer);
  if (update === undefined || update.total >= ACCOUNT_WIDE_FROM) return undefined;
  return { total: update.total, remaining: update.remaining, resetsAt: now + update.resets * SECOND };
}

/** `zendesk-ratelimit-tickets-update: total=30; remaining=12; resets=410` */
function updateHeader(answer: HttpAnswer): { total: number; remaining: number; resets: number } | undefined {
  const header = answer.headers['zendesk-ratelimit-tickets-update'];
  if (header === undefined) return undefined;
  const figure = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(header)?.[1] ?? Number.NaN);
  const [total, remaining, resets] = [figure('total'), figure('remaining'), figure('resets')];
  if (Number.isNaN(total) || Number.isNaN(remaining)) return undefined;
  return { total, remaining, resets: Number.isNaN(resets) ? 0 : resets };
}
