import type { AppId } from '../domain/ids.ts';
import type { Html } from '../domain/html.ts';
import type { Session } from '../db/console/sessions.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Flash } from './sign-in/session.ts';

/** Somebody who is signed in asks for something. */
export interface Visit {
  readonly deps: ConsoleDeps;
  readonly session: Session;
  /** The hidden field of every form. */
  readonly csrf: Html;
  /** The address, without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** What a form sent. */
  readonly form: URLSearchParams;
  /** A part of the path, by its name. */
  param(name: string): string;
}

/** A visit to what belongs to an app. */
export interface AppVisit extends Visit {
  readonly app: { readonly id: AppId; readonly name: string };
  /** Where the app's pages begin. */
  readonly home: string;
}

/** The parts of an app that the navigation leads to. */
export type Section = 'integrations' | 'conversations' | 'parked' | 'webhooks' | 'keys' | 'try' | 'audit' | 'settings';

/** What a visitor gets to see. */
export interface PageReply {
  readonly kind: 'page';
  readonly status?: number;
  readonly title: string;
  /** A line below the title. */
  readonly lead?: Html | string | undefined;
  readonly section?: Section | 'apps' | 'administrators' | undefined;
  /** The way back: where this page is found from. */
  readonly up?: { readonly text: string; readonly href: string };
  readonly body: Html;
  /** The app that the page belongs to. */
  readonly app?: AppVisit['app'];
  /** Where the browser goes by itself: to a vendor, which forms may not lead to. */
  readonly leaveFor?: string;
}

/** Somewhere else, after something was done. */
export interface GoReply {
  readonly kind: 'go';
  readonly to: string;
  readonly flash?: Flash;
}

export type Reply = PageReply | GoReply;

export const page = (parts: Omit<PageReply, 'kind'>): PageReply => ({ kind: 'page', ...parts });

/** Goes on, saying what was done. */
export const done = (to: string, text: string, secrets?: Flash['secrets']): GoReply => ({
  kind: 'go',
  to,
  flash: { tone: 'good', text, secrets },
});

/** Goes on, saying why nothing was done. */
export const refused = (to: string, text: string): GoReply => ({ kind: 'go', to, flash: { tone: 'bad', text } });
