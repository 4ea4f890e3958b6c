import type { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { App } from '../apps/app.ts';
import type { Directory } from '../apps/directory.ts';
import { type Member } from '../members/member.ts';
import type { Token } from '../oauth/token.ts';
import type { SlackSession } from '../workspace/session.ts';
import { type Args, parseArgs } from './args.ts';
import { missingScope } from './problem.ts';

/** One authenticated call of a method, inside the workspace's transaction. */
export interface Call {
  readonly session: SlackSession;
  readonly directory: Directory;
  /** The stand-in's address, without a slash at the end. */
  readonly url: string;
  readonly token: Token;
  /** Who acts: the app's bot user, or a person. */
  readonly user: Member;
  /** What the token may do. */
  readonly scopes: readonly string[];
  /** Whose token it is; absent for a person's. */
  readonly app: App | undefined;
}

export interface Method {
  readonly name: string;
  /** One of these opens it. Empty: any token does. */
  readonly scopes: readonly string[];
  readonly tier: 1 | 2 | 3 | 4 | 'special';
  readonly answer: (call: Call, args: Args) => Promise<JsonObject>;
}

interface MethodSpec<Input> extends Omit<Method, 'answer'> {
  readonly input: z.ZodType<Input>;
  /** What goes beside `ok: true`. @throws {Refusal} */
  readonly answer: (call: Call, input: Input) => Promise<JsonObject>;
}

/** A method of the Web API, with its arguments read. */
export const method = <Input>({ input, answer, ...facts }: MethodSpec<Input>): Method => ({
  ...facts,
  answer: (call, args) => answer(call, parseArgs(input, args)),
});

/** @throws {Refusal} `missing_scope` unless the token has one of these */
export function requireScope({ scopes }: Pick<Call, 'scopes'>, opening: readonly string[]): void {
  if (opening.length > 0 && !opening.some((scope) => scopes.includes(scope))) throw missingScope(opening.slice(0, 1), scopes);
}
