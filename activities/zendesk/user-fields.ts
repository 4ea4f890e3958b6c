import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { UserAnswer, UserFieldsAnswer } from './answers.ts';
import type { UserField } from './answers.ts';
import { callZendesk } from './client.ts';
import { pagesOf } from './pages.ts';
import { unlessRefused } from '../unless-refused.ts';
import type { FieldsWrite } from './writes.ts';

/** Of what Zendesk keeps of a text, the shorter one. */
const LONGEST = { text: 255, textarea: 65_000 } as const;

/**
 * Fills in the fields that the account has made for end users, from what the app knows of its user.
 * @see https://developer.zendesk.com/api-reference/ticketing/users/user_fields/
 */
export async function putFields({ user, facts, hash }: FieldsWrite, api: Api): Promise<RemoteRef> {
  const values = valuesFor((await unlessRefused(() => readFields(api))) ?? [], facts);
  if (Object.keys(values).length > 0) {
    const body = { user: { user_fields: values } };
    const call = { method: 'PUT', path: `/api/v2/users/${user}`, body, scopes: ['users'] } as const;
    await unlessRefused(() => callZendesk(api, call, UserAnswer));
  }
  return { ids: [], person: user, profileHash: hash };
}

async function readFields(api: Api): Promise<readonly UserField[]> {
  const fields: UserField[] = [];
  for await (const page of pagesOf(api, { path: '/api/v2/user_fields?sort=position' }, UserFieldsAnswer))
    fields.push(...page.user_fields);
  return fields;
}

/** The values for those fields that bear the name of a fact: `plan_name` is filled from `planName` or "Plan name". */
export function valuesFor(fields: readonly UserField[], facts: JsonObject): JsonObject {
  const named = new Map(Object.entries(facts).map(([name, value]) => [plain(name), value]));
  const values = fields
    .filter((field) => field.active)
    .map((field) => [field.key, valueFor(field, named.get(plain(field.key)))] as const)
    .filter(([, value]) => value !== undefined);
  return Object.fromEntries(values);
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** A value as the field takes it; `undefined` when it does not fit. */
function valueFor({ type, custom_field_options: options }: UserField, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const text = String(value);
  switch (type) {
    case 'text':
    case 'textarea':
      return text.slice(0, LONGEST[type]);
    case 'checkbox':
      return ['true', 'yes', '1'].includes(text.toLowerCase());
    case 'integer':
      return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'decimal':
      return /^[+-]?\d{1,15}(\.\d+)?$/.test(text) ? text : undefined;
    case 'date':
      return /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0];
    case 'dropdown':
    case 'tagger':
      return options?.find((option) => [option.value, option.name].includes(text))?.value;
    default:
      return undefined;
  }
}
