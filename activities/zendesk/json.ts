import type { JsonObject } from '../../src/domain/json.ts';

/** An object that came from JSON, as such. */
export function parseJson(value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new TypeError('expected a JSON object');
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
