import { z } from 'zod';
import { refuseUrl, UrlRefused } from '../../activities/url-guard.ts';
import type { AllowedNetworks } from '../../activities/url-guard.ts';

const PROTOCOLS = new Set(['http:', 'https:']);

/** A line of text about a person. */
export const line = z.string().trim().min(1, 'expected at least one character').max(255, 'expected at most 255 characters');

export const email = line.regex(/^[^\s@]+@[^\s@]+$/, 'expected an e-mail address');

/** The name that an app gives something of its own. */
export const ownId = z.string().min(1, 'expected at least one character').max(255, 'expected at most 255 characters');

/** What can be cleared: by null, or by an empty string. */
export const clearable = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullable()).exactOptional();

/** An address that browsers and apps fetch, not we. */
export const webUrl = z
  .string()
  .max(2_048, 'expected at most 2,048 characters')
  .refine((text) => PROTOCOLS.has(URL.parse(text)?.protocol ?? ''), 'expected an http or https URL');

/** An address that we fetch or post to, or a business system for us: it must not lead into the operator's own network. */
export const reachableUrl = (allowed: AllowedNetworks) =>
  z
    .string()
    .max(2_048, 'expected at most 2,048 characters')
    .superRefine((url, context) => {
      try {
        refuseUrl(url, allowed);
      } catch (error) {
        if (!(error instanceof UrlRefused)) throw error;
        context.addIssue({ code: 'custom', message: `expected an http or https URL on the public internet: ${error.message}` });
      }
    });

const flatValue = z.union([z.string(), z.number(), z.boolean()], { error: 'expected a string, a number or a boolean' });

/** An object without objects in it. */
export const flat = z.record(z.string(), flatValue);

/** The same; `null` removes what is there. */
export const flatChange = z.record(
  z.string(),
  z.union([flatValue, z.null()], { error: 'expected a string, a number, a boolean or null' }),
);

/** The same JSON without the members that are null: to the wire they are not there. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .map(([key, inner]) => [key, withoutNulls(inner)]),
  );
}
