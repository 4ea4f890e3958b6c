import type { Accepted } from '../db/accept.ts';
import type { ConversationId } from '../domain/ids.ts';
import type { MessageRole } from '../domain/message.ts';
import type { ApiDeps } from './deps.ts';

interface AcceptedMessage {
  readonly conversation: ConversationId;
  readonly role: MessageRole;
  readonly accepted: Accepted;
}

/** Notes that a message was committed, and rings whoever is to have it. Nobody waits for that. */
export function ringAccepted(deps: ApiDeps, { conversation, role, accepted }: AcceptedMessage): void {
  const { id: message, seq, rung: lanes } = accepted;
  deps.metrics.accepted.inc({ from: 'api' });
  deps.log.info({ conversation, message, seq, role }, 'a message was accepted');
  deps.dispatch.ring({ conversation, lanes, seq });
}
