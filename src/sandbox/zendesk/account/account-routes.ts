import { z } from 'zod';
import { json } from '../../answer.ts';
import { type ApiRoute, type Call, input } from '../call.ts';
import { paginate } from '../paging.ts';
import { recordNotFound } from '../problem.ts';
import { type Brand, brandJson, brands } from './brand.ts';

const body = z.object({ brand: z.object({ name: z.string().optional(), signature_template: z.string().optional() }) });

/** `/api/v2/brands` and `/api/v2/account/settings`. No scope of their own. */
export const accountRoutes: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/brands',
    allowed: 'agent',
    async answer(call) {
      const { items, envelope } = paginate(call, await call.session.store.list(brands), (brand) => brand.id);
      return json(200, { brands: items.map((brand) => brandJson(call.url, brand)), ...envelope });
    },
  },
  { method: 'GET', path: '/brands/:id', allowed: 'agent', answer: async (call) => one(call, await brandOf(call)) },
  {
    method: 'PUT',
    path: '/brands/:id',
    allowed: 'admin',
    async answer(call) {
      const brand = await brandOf(call);
      const given = input(call, body).brand;
      const changed: Brand = {
        ...brand,
        name: given.name ?? brand.name,
        signature_template: given.signature_template ?? brand.signature_template,
        updated_at: call.session.now,
      };
      await call.session.store.put(brands, changed);
      return one(call, changed);
    },
  },
  {
    method: 'GET',
    path: '/account/settings',
    allowed: 'agent',
    async answer(call) {
      const { settings } = call.session.state;
      return json(200, {
        settings: {
          attachments: { enabled: true, private_attachments: settings.privateAttachments },
          limits: { attachment_size: settings.maxUploadBytes },
          brands: { default_brand_id: (await call.session.store.list(brands)).find((brand) => brand.default)?.id ?? null },
          tickets: { comments_public_by_default: true, tagging: true, agent_collision: true },
          user: { tagging: true, time_zone_selection: true, language_selection: true },
          lotus: { prefer_lotus: true },
          active_features: { user_tagging: true, ticket_tagging: true, triggers: true },
        },
      });
    },
  },
];

const one = (call: Call, brand: Brand) => json(200, { brand: brandJson(call.url, brand) });

async function brandOf(call: Call): Promise<Brand> {
  const brand = await call.session.store.get(brands, call.params.id ?? '');
  if (!brand) throw recordNotFound();
  return brand;
}
