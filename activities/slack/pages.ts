import type { z } from 'zod';
import type { Api } from '../business-system.ts';
import { callSlack } from './client.ts';
import type { SlackCall } from './client.ts';
import type { JsonObject } from '../../src/domain/json.ts';

/** What a page of a list says about the next one. */
interface Page {
  readonly response_metadata?: { readonly next_cursor?: string | null | undefined } | null | undefined;
}

/**
 * Reads a list page by page, for as long as the caller goes on. A page may be empty and not the last.
 * @see https://docs.slack.dev/apis/web-api/pagination
 */
export async function* pagesOf<T extends Page>(
  api: Api,
  call: Omit<SlackCall, 'writes' | 'args'> & { readonly args: JsonObject },
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  for (let cursor = ''; ;) {
    const args = { ...call.args, ...(cursor === '' ? {} : { cursor }) };
    const { body }: { body: T } = await callSlack(api, { ...call, args, writes: false }, schema);
    yield body;
    cursor = body.response_metadata?.next_cursor ?? '';
    if (cursor === '') return;
  }
}
