import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind, Store } from '../../store.ts';
import { stamp } from './session.ts';

const brandSchema = z.object({
  id: z.number(),
  name: z.string(),
  subdomain: z.string(),
  active: z.boolean(),
  default: z.boolean(),
  /** What is put below an agent's public reply; `{{agent.signature}}` is the agent's own. */
  signature_template: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
});
export type Brand = z.infer<typeof brandSchema>;

export const brands: Kind<Brand> = { name: 'brand', schema: brandSchema, id: (brand) => brand.id, position: (brand) => brand.id };

/** The brand that tickets get unless they name another. */
export async function defaultBrand(store: Store): Promise<Brand> {
  const brand = (await store.list(brands)).find((candidate) => candidate.default);
  if (!brand) throw new Error('the account was not seeded: it has no default brand');
  return brand;
}

export const brandJson = (url: string, brand: Brand): JsonObject => ({
  ...brand,
  url: `${url}/api/v2/brands/${brand.id}.json`,
  brand_url: url,
  host_mapping: null,
  has_help_center: false,
  help_center_state: 'disabled',
  is_deleted: false,
  logo: null,
  ticket_form_ids: [],
  created_at: stamp(brand.created_at),
  updated_at: stamp(brand.updated_at),
});
