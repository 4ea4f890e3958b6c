import { beforeAll } from 'vitest';
import { anApi } from '../../api/support/an-api.ts';
import type { TestApi } from '../../api/support/an-api.ts';
import type { ApiServerOptions } from '../../api/support/api-server.ts';
import { keepAdministrator } from '../../../src/db/console/administrators.ts';
import { hashPassword } from '../../../src/console/sign-in/password.ts';

/** What a person sees. */
export interface Seen {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** Where it leads; empty where it is a page. */
  readonly location: string;
}

/** A person at a browser without scripts: keeps cookies, and sends forms with the hidden fields that stand in them. */
export interface Visitor {
  /** Opens a page. Follows nothing. */
  look(path: string, headers?: Readonly<Record<string, string>>): Promise<Seen>;
  /** Sends a form to an address, with the token of the page that was looked at last. @returns the answer itself. */
  send(path: string, fields?: Fields, headers?: Readonly<Record<string, string>>): Promise<Seen>;
  /** The same, and looks at the page that it leads to. */
  submit(path: string, fields?: Fields): Promise<Seen>;
  /** As they were set, attributes and all. */
  readonly cookies: readonly string[];
}

/** What is typed into a form. */
export type Fields = Readonly<Record<string, string | readonly string[]>>;

export function openVisitor(url: string): Visitor {
  const cookies: string[] = [];
  let csrf = '';
  const ask = async (path: string, init: RequestInit): Promise<Seen> => {
    const jar = new Map(cookies.map((set) => set.split(';')[0] ?? '').map((pair) => [pair.split('=')[0], pair]));
    const headers = { ...Object.fromEntries(new Headers(init.headers)), cookie: [...jar.values()].join('; ') };
    const response = await fetch(new URL(path, url), { ...init, headers, redirect: 'manual' });
    cookies.push(...response.headers.getSetCookie());
    const text = await response.text();
    csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? csrf;
    return { status: response.status, text, headers: response.headers, location: response.headers.get('location') ?? '' };
  };
  const look: Visitor['look'] = (path, headers = {}) => ask(path, { headers });
  const send: Visitor['send'] = (path, fields = {}, headers = {}) => {
    const pairs = Object.entries({ csrf, ...fields }).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    return ask(path, { method: 'POST', body: new URLSearchParams(pairs), headers });
  };
  const submit: Visitor['submit'] = async (path, fields) => await look((await send(path, fields)).location);
  return { look, send, submit, cookies };
}

/** A secret that a page shows once. */
export const secretIn = (text: string): string => /<span>Secret<\/span> <code>([^<]+)</.exec(text)?.[1] ?? '';

export const ADMINISTRATOR = { email: 'ada@example.com', password: 'correct horse battery' };

/** Made as the console makes it, and cheap to check. */
export const cheapHash = (password: string): Promise<string> => hashPassword(password, { logN: 4, r: 8, p: 1 });

/** The console for a test file, and somebody who has signed in to it. Call it at the top of a `describe`. */
export function aConsole(options: ApiServerOptions = {}): { readonly api: TestApi; readonly ada: () => Visitor } {
  const api = anApi(options);
  let ada: Visitor | undefined;
  beforeAll(async () => {
    const { db, clock, url } = api();
    const password = await cheapHash(ADMINISTRATOR.password);
    await keepAdministrator(db, { email: ADMINISTRATOR.email, password, now: clock.now() });
    ada = openVisitor(url);
    await ada.send('/console/sign-in', ADMINISTRATOR);
    await ada.look('/console/apps');
  });
  const visitor = (): Visitor => {
    if (ada === undefined) throw new Error('the visitor is there within tests only');
    return ada;
  };
  return { api, ada: visitor };
}
