import type { Answer } from '../../answer.ts';

/** Answers the pages for people, below `/client`; `undefined` for what is none. */
export async function answerClient(): Promise<Answer | undefined> {
  return undefined;
}
