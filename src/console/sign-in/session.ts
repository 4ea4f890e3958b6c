import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import { findSession, prolongSession, putSession, setFlash } from '../../db/console/sessions.ts';
import type { Session } from '../../db/console/sessions.ts';
import { noteSignIn } from '../../db/console/administrators.ts';
import type { AdministratorId } from '../../domain/ids.ts';
import type { SealedColumn } from '../../db/sealed.ts';
import { DAY } from '../../domain/time.ts';
import { hashToken, newToken } from '../../secrets.ts';
import type { Vault } from '../../secrets.ts';
import { readCookie } from '../../api/connect/browser-cookie.ts';
import type { ConsoleDeps } from '../deps.ts';

const COOKIE = 'deskbridge_console';
/** Whoever does not come back for so long signs in again. */
const IDLE_MS = 7 * DAY;

/** What the next page says once. */
export interface Flash {
  readonly tone: 'good' | 'bad';
  readonly text: string;
  /** Shown beside it, to be copied: it is never shown again. */
  readonly secrets?: Readonly<Record<string, string>> | undefined;
}

const StoredFlash = z.object({
  tone: z.enum(['good', 'bad']),
  text: z.string(),
  secrets: z.record(z.string(), z.string()).optional(),
});

/** Signs somebody in at this browser. */
export async function beginSession(deps: ConsoleDeps, response: Response, administrator: AdministratorId): Promise<void> {
  const token = newToken();
  const now = deps.clock.now();
  await putSession(deps.db, { hash: hashToken(token), administrator, now, expiresAt: now + IDLE_MS });
  await noteSignIn(deps.db, administrator, now);
  setCookie(deps, response, token);
}

/** The session of the browser, if it has one. One that is used lasts on. */
export async function currentSession(deps: ConsoleDeps, request: Request, response: Response): Promise<Session | undefined> {
  const token = readCookie(request, COOKIE);
  if (token === undefined) return undefined;
  const now = deps.clock.now();
  const session = await findSession(deps.db, hashToken(token), now);
  if (session !== undefined && session.expiresAt < now + IDLE_MS - DAY) {
    await prolongSession(deps.db, session.hash, now + IDLE_MS);
    setCookie(deps, response, token);
  }
  return session;
}

const setCookie = (deps: ConsoleDeps, response: Response, token: string): void =>
  void response.cookie(COOKIE, token, { ...cookieOptions(deps), maxAge: IDLE_MS });

export function forgetCookie(deps: ConsoleDeps, response: Response): void {
  response.clearCookie(COOKIE, cookieOptions(deps));
}

/** Lax, because people come here from the systems that they connect, and from the Temporal Web UI. */
function cookieOptions({ settings }: ConsoleDeps): CookieOptions {
  const { protocol, pathname } = new URL(settings.publicUrl);
  return {
    httpOnly: true,
    sameSite: 'lax',
    secure: protocol === 'https:',
    path: `${pathname.replace(/\/+$/, '')}/console`,
  };
}

/** The token that every form of a session carries: other sites cannot know it. */
export const csrfToken = (vault: Vault, { hash }: Session): string => vault.tag(`console/form/${hash}`);
export const isCsrfToken = (vault: Vault, { hash }: Session, token: string): boolean =>
  vault.isTag(token, `console/form/${hash}`);

const purpose = (hash: string): string => `console/flash/${hash}`;
export const sealedFlashes: SealedColumn = { table: 'console_sessions', column: 'flash', id: 'hash', purpose };

/** Keeps what the next page of a session says. */
export const keepFlash = ({ db, vault }: ConsoleDeps, { hash }: Session, flash: Flash): Promise<void> =>
  setFlash(db, hash, vault.seal(JSON.stringify(flash), purpose(hash)));

/** What a page has to say, which is thereby said. */
export async function takeFlash({ db, vault }: ConsoleDeps, { hash, flash }: Session): Promise<Flash | undefined> {
  if (flash === undefined) return undefined;
  await setFlash(db, hash, null);
  return StoredFlash.parse(JSON.parse(vault.open(flash, purpose(hash))));
}
