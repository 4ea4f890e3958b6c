import type { z } from 'zod';
import type { Api, Changed } from '../business-system.ts';
import { ChangedAnswer } from './answers.ts';
import { callZendesk } from './client.ts';

/**
 * The tickets of this account that changed.
 * @see https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/
 */
export async function changed(since: number, api: Api): Promise<Changed> {
  const threads = new Map<string, string>();
  const until = api.now();
  let path: string | undefined = `/api/v2/incremental/tickets/cursor?start_time=${Math.floor(since / 1_000)}`;
  while (path !== undefined) {
    const { body }: { body: z.infer<typeof ChangedAnswer> } = await callZendesk(
      api,
      { method: 'GET', path, scopes: ['exports'] },
      ChangedAnswer,
    );
    for (const ticket of body.tickets) threads.set(ticket.id, ticket.updated_at);
    const cursor = body.after_cursor ?? undefined;
    path =
      body.end_of_stream || cursor === undefined
        ? undefined
        : `/api/v2/incremental/tickets/cursor?cursor=${encodeURIComponent(cursor)}`;
  }
  return { threads: [...threads].map(([remoteId, version]) => ({ remoteId, version })), until };
}
