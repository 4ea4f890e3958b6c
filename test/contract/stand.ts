import type { BusinessSystem } from '../../activities/business-system.ts';
import type { RawRequest } from '../../activities/inbound.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import type { Connection, World } from '../engine/support/world.ts';

/** A fault that was scripted: a test of a fault fails if it did not fire. */
export interface Fault {
  fired(): Promise<number>;
}

/**
 * A system under test, with the eyes and hands of the people on its side. What a system does not have is left out, with the
 * reason in `lacks`; the contract suite skips it, saying so.
 */
export interface Stand {
  readonly world: World;
  readonly connection: Connection;
  /** What a person there sees of a conversation: texts that we wrote, in order, each as often as it is seen. */
  seen(conversation: ConversationId): Promise<readonly string[]>;
  /** The next writes meet this. */
  fault: {
    /** Refused for so long, certainly not applied. */
    rateLimit(seconds: number): Promise<Fault>;
    /** An error of the server, `times` times. */
    serverError(times: number): Promise<Fault>;
    /** Applied, but the answer is lost. */
    lostAnswer(): Promise<Fault>;
    /** Nobody listens, for the next so many calls. */
    refuseConnections?(): Promise<Fault>;
    /** The content is refused, so many times. */
    refuseContent?(times: number): Promise<Fault>;
  };
  /** The system no longer honours our access; and the repair by a person. */
  access?: { revoke(): Promise<void>; repair(): Promise<void> };
  threads?: {
    remove(conversation: ConversationId): Promise<void>;
    /** An agent answers the app user, or only colleagues. */
    reply(conversation: ConversationId, text: string): Promise<void>;
    note(conversation: ConversationId, text: string): Promise<void>;
    /** The thread is given to another person, who is then answered. */
    divert?(conversation: ConversationId): Promise<void>;
    /** How many threads a conversation has. */
    count(conversation: ConversationId): Promise<number>;
  };
  /** A request as the system signs it, made at a time (epoch ms). */
  readonly signed?: (now: number) => Promise<RawRequest>;
  /** What hostile text looks like to a person there, if not as it was typed. */
  literal?(text: string): string;
  close(): Promise<void>;
}

export interface StandFactory {
  readonly system: BusinessSystem;
  /** What the system does not have, and why. */
  readonly lacks: Readonly<Partial<Record<'access' | 'threads' | 'divert' | 'changed' | 'signatures' | 'content', string>>>;
  readonly create: () => Promise<Stand>;
  /** Servers that all stands share. */
  readonly open?: () => Promise<void>;
  readonly end?: () => Promise<void>;
}
