import { z } from 'zod';
import { type Answer, json, Refusal } from '../answer.ts';
import { bodyAs, type Exchange } from '../exchange.ts';
import type { Params, Route } from '../routes.ts';
import type { ZendeskSession } from './account/session.ts';
import type { Token } from './oauth/token.ts';
import { unparsable } from './problem.ts';
import type { User } from './users/user.ts';

/** One authenticated call of the API, inside the account's transaction. */
export interface Call {
  readonly session: ZendeskSession;
  readonly exchange: Exchange;
  readonly params: Params;
  /** The account's address, without a slash at the end. */
  readonly url: string;
  readonly user: User;
  readonly token: Token;
}

/** The families of scopes such as `tickets:read`. */
export type Resource = 'tickets' | 'users' | 'triggers' | 'webhooks';

export interface ApiRoute extends Route {
  /** Its family of scopes. Absent: only the broad `read` and `write` open it. */
  readonly resource?: Resource;
  readonly allowed: 'admin' | 'agent';
  /** The limit it counts against, besides the account's. */
  readonly counts?: 'ticketUpdate' | 'userWrite' | 'incremental';
  /** A function as the result is run after the commit, outside the account's lock. */
  readonly answer: (call: Call) => Promise<Answer | (() => Promise<Answer>)>;
}

/** An id in a body: a number, or its digits. */
export const idSchema = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]);

/**
 * The body of a call.
 * @throws {Refusal} 400 when it is not JSON, or an attribute has the wrong type.
 */
export function input<T>(call: { readonly exchange: Exchange }, schema: z.ZodType<T>): T {
  const parsed = bodyAs(call.exchange, schema);
  if (!parsed) throw unparsable();
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const attribute = issue?.path.at(-1) ?? 'body';
  const message = `You passed an invalid value for the ${String(attribute)} attribute. ${issue?.message ?? ''}`.trim();
  throw new Refusal(json(400, { error: { title: 'Invalid attribute', message } }));
}
