import { z } from 'zod';
import { json } from '../../answer.ts';
import { type ApiRoute, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { invalidField } from '../problem.ts';
import { fieldType, type UserField, userFieldJson, userFields } from './user-field.ts';

const body = z.object({
  user_field: z.object({
    key: z.string().regex(/^[a-z0-9_-]+$/i),
    title: z.string().min(1),
    type: fieldType,
    active: z.boolean().default(true),
    regexp_for_validation: z.string().nullable().default(null),
    custom_field_options: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
});

/** `/api/v2/user_fields`. No scope of their own. */
export const userFieldRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/user_fields',
    allowed: 'agent',
    async answer(call) {
      const { items, envelope } = paginate(call, await call.session.store.list(userFields), (field) => field.id);
      return json(200, { user_fields: items.map((field) => userFieldJson(call.url, field)), ...envelope });
    },
  },
  {
    method: 'POST',
    path: '/user_fields',
    allowed: 'admin',
    async answer(call) {
      const { session } = call;
      const given = input(call, body).user_field;
      const others = await session.store.list(userFields);
      if (others.some(({ key }) => key === given.key)) throw invalidField('key', 'Key: has already been taken', 'DuplicateValue');
      const field: UserField = { ...given, id: session.nextId(), created_at: session.now };
      await session.store.put(userFields, field);
      return json(201, { user_field: userFieldJson(call.url, field) });
    },
  },
];
