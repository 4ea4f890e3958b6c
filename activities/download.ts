import type { AccountCall } from './account-call.ts';
import type { Api, Download } from './business-system.ts';
import type { HttpAnswer } from './http.ts';
import { Refused, SystemError } from './system-error.ts';

const MOST_REDIRECTS = 3;

/**
 * Fetches a file from somebody else's server. Whatever is wrong with that server is wrong with the file.
 * @throws {Refused} when it cannot be had, with the reason for people.
 */
export async function download(call: AccountCall, url: string, limit: Parameters<Api['download']>[1]): Promise<Download> {
  let at = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await get(call, at, limit);
    const next = redirectOf(answer, at);
    if (next === undefined) return fileOf(answer);
    at = next;
  }
  throw new Refused(`the file cannot be fetched: its server redirects more than ${MOST_REDIRECTS} times`);
}

/** Guarded each time: a redirect must not lead where the first address may not. */
async function get(
  { ports, attempt, system }: AccountCall,
  url: string,
  limit: Parameters<Api['download']>[1],
): Promise<HttpAnswer> {
  const request = {
    method: 'GET',
    url,
    writes: false,
    guarded: true,
    headers: { accept: '*/*' },
    system: system.name,
    ...limit,
  } as const;
  try {
    return await ports.http(request, attempt.signal);
  } catch (cause) {
    if (attempt.signal.aborted || !(cause instanceof SystemError)) throw cause;
    throw new Refused(`the file cannot be fetched: ${cause.message}`, { cause });
  }
}

function redirectOf({ status, headers }: HttpAnswer, from: string): string | undefined {
  const location = headers['location'];
  return status >= 301 && status <= 308 && location !== undefined ? (URL.parse(location, from)?.href ?? '') : undefined;
}

function fileOf({ status, headers, bytes }: HttpAnswer): Download {
  if (status !== 200 || bytes === undefined)
    throw new Refused(`the file cannot be fetched: its server answers ${status}`, { status });
  return { bytes, mediaType: headers['content-type']?.split(';')[0]?.trim().toLowerCase() };
}
