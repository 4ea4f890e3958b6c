import { z } from 'zod';

/** How something came about, as the API shows it. */
export const viaSchema = z.object({
  channel: z.string(),
  source: z.object({
    from: z.record(z.string(), z.json()),
    to: z.record(z.string(), z.json()),
    rel: z.string().nullable(),
  }),
});
export type Via = z.infer<typeof viaSchema>;

export const via = (channel: string, source: Partial<Via['source']> = {}): Via => ({
  channel,
  source: { from: {}, to: {}, rel: null, ...source },
});

/** The numbers that conditions of triggers know channels by. */
export const ViaId = { web: 0, mail: 4, api: 5, rule: 8, closedTicket: 27 } as const;
