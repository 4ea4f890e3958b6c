import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** An id of 26 characters that sorts by time, such as the webhooks API uses. */
export function ulid(epochMs: number): string {
  let time = '';
  for (let rest = epochMs, index = 0; index < 10; index += 1, rest = Math.floor(rest / 32))
    time = ALPHABET.charAt(rest % 32) + time;
  return time + [...randomBytes(16)].map((byte) => ALPHABET.charAt(byte % 32)).join('');
}
