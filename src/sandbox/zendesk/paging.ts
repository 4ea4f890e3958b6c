import type { JsonObject } from '../../domain/json.ts';
import type { Exchange } from '../exchange.ts';
import { badRequest } from './problem.ts';

/** One page of a list, and the fields that go beside it in the answer. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly envelope: JsonObject;
}

interface Paging {
  readonly exchange: Exchange;
  readonly url: string;
}

const MAX_SIZE = 100;

/** Cuts a sorted list as asked: by cursor with `page[size]` and `page[after]`, or by page number with `page` and `per_page`. */
export function paginate<T>(paging: Paging, sorted: readonly T[], id: (item: T) => string | number): Page<T> {
  const { query } = paging.exchange;
  const byCursor = ['page[size]', 'page[after]', 'page[before]'].some((name) => query.has(name));
  return byCursor ? cursorPage(paging, sorted, id) : numberedPage(paging, sorted);
}

function cursorPage<T>(paging: Paging, sorted: readonly T[], id: (item: T) => string | number): Page<T> {
  const { query } = paging.exchange;
  const size = sizeOf(query.get('page[size]'));
  const start = startOf(query, sorted, id, size);
  const items = sorted.slice(start, start + size);
  const [first, last] = [items[0], items.at(-1)];
  const before = first === undefined ? null : encodeCursor(id(first));
  const after = last === undefined ? null : encodeCursor(id(last));
  const hasMore = query.has('page[before]') ? start > 0 : start + size < sorted.length;
  return {
    items,
    envelope: {
      meta: { has_more: hasMore, after_cursor: after, before_cursor: before },
      links: {
        prev: start > 0 && before !== null ? link(paging, { 'page[before]': before, 'page[size]': size }) : null,
        next: start + size < sorted.length && after !== null ? link(paging, { 'page[after]': after, 'page[size]': size }) : null,
      },
    },
  };
}

function startOf<T>(query: URLSearchParams, sorted: readonly T[], id: (item: T) => string | number, size: number): number {
  const after = query.get('page[after]');
  const before = query.get('page[before]');
  if (after && before) throw badRequest('InvalidPaginationParameter', 'page[before] and page[after] cannot be used together');
  const cursor = after ?? before;
  if (!cursor) return 0;
  const wanted = Buffer.from(cursor, 'base64url').toString();
  const index = sorted.findIndex((item) => String(id(item)) === wanted);
  if (index < 0) throw badRequest('InvalidPaginationParameter', 'page[after] is not a valid cursor');
  return after ? index + 1 : Math.max(0, index - size);
}

const encodeCursor = (id: string | number): string => Buffer.from(String(id)).toString('base64url');

function numberedPage<T>(paging: Paging, sorted: readonly T[]): Page<T> {
  const { query } = paging.exchange;
  const size = sizeOf(query.get('per_page'));
  const page = Math.max(1, Number.parseInt(query.get('page') ?? '1', 10) || 1);
  const start = (page - 1) * size;
  return {
    items: sorted.slice(start, start + size),
    envelope: {
      count: sorted.length,
      next_page: start + size < sorted.length ? link(paging, { page: page + 1, per_page: size }) : null,
      previous_page: page > 1 ? link(paging, { page: page - 1, per_page: size }) : null,
    },
  };
}

function sizeOf(asked: string | null): number {
  if (asked === null) return MAX_SIZE;
  const size = Number.parseInt(asked, 10);
  if (!(size >= 1)) throw badRequest('InvalidPaginationParameter', 'the page size must be a positive number');
  return Math.min(size, MAX_SIZE);
}

function link(paging: Paging, changed: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams(paging.exchange.query);
  for (const name of ['page', 'per_page', 'page[after]', 'page[before]', 'page[size]']) query.delete(name);
  for (const [name, value] of Object.entries(changed)) query.set(name, String(value));
  return `${paging.url}/api/v2${paging.exchange.path}?${query.toString()}`;
}

/** Whether the newest should come first: `sort=-created_at` or `sort_order=desc`. */
export const newestFirst = (query: URLSearchParams): boolean =>
  query.get('sort')?.startsWith('-') ?? query.get('sort_order')?.toLowerCase() === 'desc';
