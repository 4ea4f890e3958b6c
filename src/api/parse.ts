import type { z } from 'zod';
import { badRequest } from './problem.ts';

/** So many faults are named at once. */
const MOST_FAULTS = 5;

/**
 * Checks what came from outside against a schema.
 * @throws {Problem} 400 that names each faulty field and says what was expected: "text: expected string, received number".
 */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw badRequest(parsed.error.issues.slice(0, MOST_FAULTS).map(faultOf).join('; '));
}

function faultOf({ path, message }: z.core.$ZodIssue): string {
  const field = path.length === 0 ? 'body' : path.map(String).join('.');
  // "Invalid input: expected string, received number" says its first words with the status already.
  const expectation = message.replace(/^[^:]*: (?=expected )/, '').replace(/^Invalid \w+ value\. Expected /, 'expected ');
  return `${field}: ${expectation}`;
}
