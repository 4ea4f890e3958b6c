import type { Field } from '../../activities/connect.ts';
import { ConnectRefused } from '../../activities/system-error.ts';
import type { JsonObject } from '../domain/json.ts';

type Given = Readonly<Record<string, unknown>>;

/**
 * Reads what was typed into a system's declared fields. Empty ones count as left out; what is not declared is ignored.
 * @throws {ConnectRefused} that names the first faulty field and says what was expected.
 */
export function readFields(fields: readonly Field[], given: Given): JsonObject {
  const entries = fields.map((field) => [field.name, readField(field, given[field.name])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function readField(field: Field, given: unknown): string | boolean | undefined {
  const value = typeof given === 'string' ? given.trim() : given;
  const isEmpty = value === undefined || value === null || value === '';
  if (isEmpty && field.default !== undefined) return field.default;
  if (isEmpty && field.required === true) throw faulty(field);
  if (isEmpty) return undefined;
  if (field.type === 'toggle') return asToggle(field, value);
  if (typeof value !== 'string' || !fits(field, value)) throw faulty(field);
  return value;
}

/** Forms send a ticked box as "on" or "true". */
function asToggle(field: Field, value: unknown): boolean {
  if (value === true || value === 'true' || value === 'on') return true;
  if (value === false || value === 'false') return false;
  throw faulty(field);
}

function fits(field: Field, value: string): boolean {
  if (field.type === 'choice') return field.choices === undefined || field.choices.some((choice) => choice.value === value);
  return field.pattern === undefined || new RegExp(field.pattern.source, 'u').test(value);
}

function faulty(field: Field): ConnectRefused {
  return new ConnectRefused(`expected ${expectationOf(field)}`, { field: field.name });
}

function expectationOf(field: Field): string {
  if (field.pattern !== undefined) return field.pattern.expected;
  if (field.type === 'toggle') return 'true or false';
  if (field.type === 'choice' && field.choices !== undefined)
    return `one of ${field.choices.map(({ value }) => value).join(', ')}`;
  return `text: ${field.label}`;
}
