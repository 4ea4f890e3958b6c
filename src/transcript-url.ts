import type { Vault } from './secrets.ts';

const purpose = (conversation: string): string => `transcript/${conversation}`;

/** Where a conversation can be read by whoever has the address: it stands in tickets, for agents who want to see what came before. */
export const transcriptUrl = (vault: Vault, publicUrl: string, conversation: string): string =>
  `${publicUrl}/transcripts/${conversation}?key=${vault.tag(purpose(conversation))}`;

/** Whether a key is the conversation's. */
export const isTranscriptKey = (vault: Vault, conversation: string, key: string): boolean =>
  vault.isTag(key, purpose(conversation));
