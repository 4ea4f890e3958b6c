import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind } from '../../store.ts';
import { stamp } from '../account/session.ts';
import { viaSchema } from './via.ts';

const eventSchema = z.object({ id: z.number(), type: z.string() }).catchall(z.json());
export type AuditEvent = z.infer<typeof eventSchema>;

const auditSchema = z.object({
  id: z.number(),
  ticket_id: z.number(),
  /** The updater: whose session or token it was. */
  author_id: z.number(),
  created_at: z.number(),
  custom: z.record(z.string(), z.json()),
  events: z.array(eventSchema),
  via: viaSchema,
});
export type Audit = z.infer<typeof auditSchema>;

export const audits: Kind<Audit> = {
  name: 'audit',
  schema: auditSchema,
  id: (audit) => audit.id,
  group: (audit) => audit.ticket_id,
  position: (audit) => audit.id,
};

export const auditMetadata = (audit: Pick<Audit, 'custom'>): JsonObject => ({
  system: { client: 'Sandbox', ip_address: '127.0.0.1', location: 'Localhost' },
  custom: audit.custom,
});

export const auditJson = (audit: Audit): JsonObject => ({
  id: audit.id,
  ticket_id: audit.ticket_id,
  author_id: audit.author_id,
  created_at: stamp(audit.created_at),
  metadata: auditMetadata(audit),
  events: audit.events,
  via: audit.via,
});
