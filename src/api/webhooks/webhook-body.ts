import { z } from 'zod';
import type { AllowedNetworks } from '../../../activities/url-guard.ts';
import { reachableUrl } from '../fields.ts';
import { triggers } from './triggers.ts';

/** What can be set of a webhook. Made once: it knows which private networks a target may be in. */
export function webhookSchemas(allowed: AllowedNetworks) {
  const target = reachableUrl(allowed);
  return {
    whole: z.object({
      target,
      triggers: triggers.default(['message']),
      includeClient: z.boolean().default(false),
      includeFullAppUser: z.boolean().default(false),
    }),
    change: z.object({ target, triggers, includeClient: z.boolean(), includeFullAppUser: z.boolean() }).partial(),
  };
}
