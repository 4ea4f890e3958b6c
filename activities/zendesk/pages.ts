import type { z } from 'zod';
import type { Api } from '../business-system.ts';
import { callZendesk } from './client.ts';
import type { ZendeskCall } from './client.ts';

/** What a page of a list says about the next one. */
export interface Page {
  readonly meta?: { readonly has_more: boolean; readonly after_cursor?: string | null | undefined } | undefined;
}

/**
 * Reads a list page by page, for as long as the caller goes on.
 * @param call its path has a query already.
 * @see https://developer.zendesk.com/api-reference/introduction/pagination/
 */
export async function* pagesOf<T extends Page>(
  api: Api,
  call: Pick<ZendeskCall, 'path' | 'missing' | 'scopes'>,
  schema: z.ZodType<T>,
): AsyncGenerator<T> {
  let after: string | null | undefined = '';
  while (after !== null && after !== undefined) {
    const page: string = after === '' ? '' : `&page[after]=${encodeURIComponent(after)}`;
    const { body } = await callZendesk(api, { ...call, method: 'GET', path: `${call.path}&page[size]=100${page}` }, schema);
    yield body;
    after = body.meta?.has_more === true ? body.meta.after_cursor : undefined;
  }
}
