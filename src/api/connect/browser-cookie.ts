import type { CookieOptions, Request } from 'express';
import { STEP_MS } from '../../connect/connect-state.ts';
import { hashToken } from '../../secrets.ts';

/** One cookie a flow, so that a person may connect two accounts at a time. The name tells nothing about the state. */
export const cookieName = (state: string): string => `deskbridge_connect_${hashToken(`cookie/${state}`).slice(0, 16)}`;

/** For the connect pages alone. Lax, because the browser comes back from the system's own site. */
export function cookieOptions(publicUrl: string): CookieOptions {
  const { protocol, pathname } = new URL(publicUrl);
  return {
    httpOnly: true,
    sameSite: 'lax',
    secure: protocol === 'https:',
    path: `${pathname.replace(/\/+$/, '')}/connect`,
    maxAge: STEP_MS,
  };
}

/** What a request says of a cookie. Ours need no decoding. */
export function readCookie(request: Request, name: string): string | undefined {
  const cookies = (request.get('cookie') ?? '').split(';').map((pair) => pair.trim());
  return cookies.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
