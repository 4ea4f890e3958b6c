import type { Store } from '../../store.ts';
import { fail } from '../api/problem.ts';
import { type Channel, channels } from './channel.ts';

const MAX_LENGTH = 80;

/**
 * Refuses a name that a channel cannot have. Slack knows other scripts, but no capitals, blanks or other signs.
 * @throws {Refusal}
 */
export function checkName(name: string): string {
  const bare = name.replace(/^#/, '');
  if (bare === '') throw fail('invalid_name_required');
  if (bare.length > MAX_LENGTH) throw fail('invalid_name_maxlength');
  if (/^[-_\p{P}]+$/u.test(bare)) throw fail('invalid_name_punctuation');
  if (/[^\p{L}\p{M}\p{N}_-]/u.test(bare) || bare !== bare.toLowerCase()) throw fail('invalid_name_specials');
  return bare;
}

/** @throws {Refusal} `name_taken`, also by private and archived channels that nobody here can see */
export async function checkFree(store: Store, name: string, own?: Channel): Promise<void> {
  const taken = (await store.byLookup(channels, name)).some((channel) => channel.id !== own?.id);
  if (taken) throw fail('name_taken');
}
