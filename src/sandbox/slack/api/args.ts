import { z } from 'zod';
import type { Exchange } from '../../exchange.ts';
import { fail, invalidArguments } from './problem.ts';

/** The arguments of a call, wherever they were sent: in the address, as a form, or as JSON. Forms carry strings only. */
export type Args = Readonly<Record<string, unknown>>;

const object = z.record(z.string(), z.unknown());

/** @throws {Refusal} `invalid_json`, `json_not_object`, `invalid_form_data` */
export function readArgs(exchange: Exchange): Args {
  const type = exchange.headers['content-type']?.split(';')[0]?.trim() ?? '';
  const content = exchange.body.toString('utf8');
  const inAddress = Object.fromEntries(exchange.query);
  if (content === '') return inAddress;
  if (type === 'application/json') return { ...inAddress, ...readJson(content) };
  if (type === 'application/x-www-form-urlencoded') return { ...inAddress, ...Object.fromEntries(new URLSearchParams(content)) };
  throw fail('invalid_form_data');
}

function readJson(content: string): Args {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw fail('invalid_json');
  }
  const parsed = object.safeParse(value);
  if (!parsed.success || Array.isArray(value)) throw fail('json_not_object');
  return parsed.data;
}

/** The token of a call: in the header, or as an argument. One inside JSON is not looked at, as Slack does not. */
export function tokenOf(exchange: Exchange, args: Args): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const isJson = exchange.headers['content-type']?.startsWith('application/json') ?? false;
  return !isJson && typeof args.token === 'string' ? args.token : undefined;
}

/** @throws {Refusal} `invalid_arguments`, saying which */
export function parseArgs<T>(schema: z.ZodType<T>, args: Args): T {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  throw invalidArguments(
    parsed.error.issues.map((issue) => {
      const field = issue.path.join('/');
      return args[String(issue.path[0])] === undefined
        ? `missing required field: ${field}`
        : `${issue.message} [json-pointer:/${field}]`;
    }),
  );
}

const truthy = new Set<unknown>([true, 1, '1', 'true', 't']);
const flag = z.unknown().transform((value) => truthy.has(value));

/** Schemas for arguments, as both forms and JSON carry them. */
export const arg = {
  text: z.string(),
  flag: flag.default(false),
  /** One that holds unless it is switched off. */
  flagOn: flag.default(true),
  count: z.coerce.number().int(),
  /** Names with commas between, or a list. */
  list: z.union([z.array(z.string()), z.string().transform((names) => names.split(',').map((name) => name.trim()))]),
  /** What is JSON inside a form. */
  json: <T>(schema: z.ZodType<T>) => z.preprocess(unwrapped, schema),
};

function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
