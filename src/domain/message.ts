import type { MessageId } from './ids.ts';
import type { JsonObject } from './json.ts';

/** Who speaks: the app user, or the app's owner (`appMaker` on the wire, an agent or the owner's software). */
export const Role = { appUser: 'appUser', appMaker: 'appMaker' } as const;
export type Role = (typeof Role)[keyof typeof Role];

/**
 * What a message is: somebody's words, or an activity. `profile`: the app user's name or e-mail address changed. An activity is
 * accepted and delivered like words, to the destinations that take it, and is none of what was said in the conversation.
 */
export type MessageRole = Role | 'profile';

/** What a message is made of. The names are those of the Smooch API. */
export const MessageType = {
  text: 'text',
  image: 'image',
  file: 'file',
  carousel: 'carousel',
  list: 'list',
  location: 'location',
} as const;
export type MessageType = (typeof MessageType)[keyof typeof MessageType];

/** A button below a message. */
export interface Action {
  readonly id: string;
  readonly type: 'link' | 'reply' | 'postback' | 'buy' | 'webview' | 'locationRequest' | 'share';
  readonly text: string;
  readonly uri?: string;
  readonly payload?: string;
  readonly fallback?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly state?: 'offered' | 'paid';
  readonly default?: boolean;
  readonly iconUrl?: string;
  readonly metadata?: JsonObject;
}

/** One entry of a carousel or list. */
export interface Item {
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  readonly mediaUrl?: string;
  readonly mediaType?: string;
  readonly size?: 'compact' | 'large';
  readonly actions: readonly Action[];
}

/** What was said, without who said it and when. */
export interface Content {
  readonly type: MessageType;
  readonly text?: string;
  readonly mediaUrl?: string;
  readonly mediaType?: string;
  /** In bytes. */
  readonly mediaSize?: number;
  readonly actions?: readonly Action[];
  readonly items?: readonly Item[];
  readonly coordinates?: { readonly lat: number; readonly long: number };
  readonly location?: { readonly address?: string; readonly name?: string };
  readonly metadata?: JsonObject;
}

/** Who said it, as others see them. */
export interface Author {
  /** The app user's id, or a stable id of the agent. */
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly avatarUrl?: string;
}

/** Where a message came in. */
export interface Source {
  /** `api`, `web`, `ios`, … or the name of a business system. */
  readonly type: string;
  readonly id?: string;
}

/** One utterance, or an activity. Immutable once accepted. */
export interface Message {
  readonly id: MessageId;
  /** 1, 2, 3, … within its conversation, without gaps. */
  readonly seq: number;
  readonly role: MessageRole;
  readonly content: Content;
  readonly author: Author;
  readonly source: Source;
  /** When it was accepted, in epoch milliseconds; strictly rising within a conversation. */
  readonly acceptedAt: number;
}
