import type { IntegrationView } from '../../db/console/integrations.ts';
import { asSentence } from '../parts/as-sentence.ts';
import { counted } from '../parts/counted.ts';
import type { Tone } from '../parts/pill.ts';

/** How an integration fares: in a word, and in a sentence that says what to do where something is to be done. */
export interface Status {
  readonly tone: Tone;
  readonly word: string;
  readonly sentence: string;
}

export function statusOf(integration: IntegrationView): Status {
  const { status, problem, progress, parkedReason, held } = integration;
  const waiting = held === 0 ? '' : ` ${counted(held, 'message')} ${held === 1 ? 'is' : 'are'} held for it; nothing is lost.`;
  if (status === 'removed') return { tone: 'calm', word: 'removed', sentence: `It was removed.${waiting}` };
  if (status === 'removing') {
    const doing = problem ?? progress ?? 'What Deskbridge set up there is taken down.';
    return { tone: 'busy', word: 'being removed', sentence: asSentence(doing) };
  }
  if (parkedReason !== null) return { tone: 'bad', word: 'needs a repair', sentence: `${asSentence(parkedReason)}${waiting}` };
  if (problem !== null)
    return { tone: 'bad', word: 'in trouble', sentence: `${asSentence(problem)} It is tried again by itself.` };
  if (status === 'connecting') {
    return {
      tone: 'busy',
      word: 'being set up',
      sentence: progress === null ? 'It is about to be set up.' : `Now: ${progress}.`,
    };
  }
  return { tone: 'good', word: 'connected', sentence: progress === null ? 'All is well.' : `Now: ${progress}.` };
}
