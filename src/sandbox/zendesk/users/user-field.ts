import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { invalidField } from '../problem.ts';
import type { User } from './user.ts';

export const fieldType = z.enum(['text', 'textarea', 'checkbox', 'integer', 'decimal', 'date', 'regexp', 'dropdown']);
const optionSchema = z.object({ name: z.string(), value: z.string() });

const userFieldSchema = z.object({
  id: z.number(),
  key: z.string(),
  type: fieldType,
  title: z.string(),
  active: z.boolean(),
  regexp_for_validation: z.string().nullable(),
  custom_field_options: z.array(optionSchema),
  created_at: z.number(),
});
export type UserField = z.infer<typeof userFieldSchema>;

export const userFields: Kind<UserField> = {
  name: 'user-field',
  schema: userFieldSchema,
  id: (field) => field.id,
  position: (field) => field.id,
};

export const userFieldJson = (url: string, field: UserField): JsonObject => ({
  ...field,
  url: `${url}/api/v2/user_fields/${field.id}.json`,
  raw_title: field.title,
  description: '',
  system: false,
  created_at: stamp(field.created_at),
});

/**
 * What of the given values is kept: names that no field has are passed over.
 * @throws {Refusal} 422 when a value does not fit its field.
 */
export async function checkedFields(store: Store, given: User['user_fields']): Promise<User['user_fields']> {
  const all = await store.list(userFields);
  const kept = Object.entries(given).flatMap(([key, value]) => {
    const field = all.find((one) => one.key === key && one.active);
    if (field === undefined) return [];
    if (value !== null && !fits(field, value)) throw invalidField(key, `${field.title}: is invalid`, 'InvalidValue');
    return [[key, value] as const];
  });
  return Object.fromEntries(kept);
}

function fits(field: UserField, value: User['user_fields'][string]): boolean {
  switch (field.type) {
    case 'text':
    case 'textarea':
      return typeof value === 'string';
    case 'checkbox':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(Number(value));
    case 'decimal':
      return Number.isFinite(Number(value));
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'regexp':
      return typeof value === 'string' && new RegExp(field.regexp_for_validation ?? '').test(value);
    case 'dropdown':
      return field.custom_field_options.some((option) => option.value === value);
  }
}
