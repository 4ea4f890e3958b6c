import { sql } from 'kysely';

/** Whether a destination `d` is there, or may come back: nothing ever waits for a webhook that was deleted. */
export const isThere = sql`(d.removed_at is null or d.integration_id is not null)`;

/** Whether a destination `d` takes nothing until a person does something about it. */
export const isHeldBack = sql`(d.parked_generation >= d.generation or d.removed_at is not null)`;
