import { z } from 'zod';
import type { Kind, Store } from '../../store.ts';

const installationSchema = z.object({
  app_id: z.string(),
  bot_user_id: z.string(),
  bot_id: z.string(),
  /** What every token of the app may do. It only grows, until the app is uninstalled. */
  scopes: z.array(z.string()),
  /** Who installed it last. */
  installer: z.string(),
  installed: z.boolean(),
  seq: z.number(),
});

/** An app in a workspace. Kept after it is uninstalled: who installs it again meets the same bot. */
export type Installation = z.infer<typeof installationSchema>;

export const installations: Kind<Installation> = {
  name: 'installation',
  schema: installationSchema,
  id: (installation) => installation.app_id,
  position: (installation) => installation.seq,
};

export const installed = async (store: Store): Promise<readonly Installation[]> =>
  (await store.list(installations)).filter((installation) => installation.installed);
