/** Shorter values are words of their own, such as a status. */
const SHORTEST_VALUE = 4;
const LONGEST = 300;
const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+\.[^\s<>"'(),;:]+/g;

/**
 * What a system says about a refusal, for logs, histories and the console: without the addresses and the values that it quotes
 * from what it was sent, which are people's.
 * @param sent the request's body.
 */
export function vendorWords(words: string, sent: unknown): string {
  const values = stringsIn(sent).toSorted((a, b) => b.length - a.length);
  const unquoted = values.reduce((text, value) => text.replaceAll(value, '…'), words.replaceAll(ADDRESS, '…@…'));
  return unquoted.slice(0, LONGEST);
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < SHORTEST_VALUE ? [] : [value];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.values(value).flatMap(stringsIn);
}
