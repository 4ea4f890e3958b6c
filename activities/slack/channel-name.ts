import anyAscii from 'any-ascii';
import type { AppUserProfile } from '../batch.ts';
import { WORDS } from './words.ts';

/** Slack takes 80 characters; what is longer than this nobody reads in a sidebar. */
const MAX_SLUG = 50;

/**
 * Names for a person's channel, to be tried in this order: `sk-ann-lee-k3f9m2xa5b`, then with a longer ending. A channel of ours that
 * has the name already is taken for the one that was asked for, so no two people may ever be given the same ending. Channel names are
 * seen by the whole workspace, so of an e-mail address only the local part shows.
 * @param nonce random letters a-z, 2-7; the same ones make the same names.
 */
export function channelNames(user: Pick<AppUserProfile, 'givenName' | 'surname' | 'email'>, nonce: string): readonly string[] {
  const known =
    slug([user.givenName, user.surname].filter((part) => part !== undefined).join(' ')) || slug(localPart(user.email));
  const who = known === '' ? randomWords(nonce) : known;
  return [`sk-${who}-${nonce.slice(0, 10)}`, `sk-${who}-${nonce.slice(0, 16)}`];
}

/** Whether a name looks like one of these. A team's own channel may look so, too. */
export const isPersons = (name: string): boolean => /^sk-.+-(?:[a-z2-7]{4}|[a-z2-7]{10}|[a-z2-7]{12}|[a-z2-7]{16})$/.test(name);

/** In the letters that Slack takes. Empty when nothing is left. */
function slug(text: string): string {
  const plain = anyAscii(text)
    .toLowerCase()
    .replaceAll(/['’`]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-');
  return plain.slice(0, MAX_SLUG).replaceAll(/^-+|-+$/g, '');
}

const localPart = (email: string | undefined): string => email?.split('@')[0]?.split('+')[0] ?? '';

function randomWords(nonce: string): string {
  const pick = (words: readonly string[], at: number): string => words[letter(nonce, at) % words.length] ?? 'someone';
  return `${pick(WORDS.first, 16)}-${pick(WORDS.second, 17)}`;
}

const letter = (nonce: string, at: number): number => nonce.charCodeAt(at) || 0;
