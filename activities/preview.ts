import type { BatchMessage } from './batch.ts';

const LENGTH = 80;

/** The beginning of what a batch says, for people who look at workflows while they develop. */
export function previewOf(messages: readonly BatchMessage[]): string {
  const text = messages.map((message) => message.content.text ?? `(${message.content.type})`).join(' / ');
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= LENGTH ? line : `${line.slice(0, LENGTH - 1)}…`;
}
