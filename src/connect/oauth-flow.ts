import { createHash } from 'node:crypto';
import type { BusinessSystem } from '../../activities/business-system.ts';
import { httpOf } from '../../activities/http.ts';
import type { ConnectSteps } from '../../activities/connect.ts';
import { findApp } from '../db/apps.ts';
import { findConnectState, noteProblem, takeConnectState } from '../db/connect-states.ts';
import type { ConnectState } from '../db/connect-states.ts';
import { hashToken, newToken } from '../secrets.ts';
import { keepStep, openCarried } from './connect-state.ts';
import { AGAIN, ConnectStopped, whyOver } from './connect-stopped.ts';
import type { ConnectDeps } from './deps.ts';
import { endFlow } from './end-flow.ts';

/** A system whose accounts are connected by a redirect. */
export type OAuthSystem = BusinessSystem & { readonly connect: Required<Pick<ConnectSteps, 'authorizeUrl' | 'exchange'>> };

/** Finds a system that is connected by a redirect. */
export function oauthSystem(systems: readonly BusinessSystem[], name: string): OAuthSystem | undefined {
  return systems.find((system): system is OAuthSystem => system.name === name && isOAuth(system));
}

const isOAuth = ({ facts, connect }: BusinessSystem): boolean =>
  facts.connectFlow.kind === 'oauth' && connect.authorizeUrl !== undefined && connect.exchange !== undefined;

/** Where a system sends the browser back to. */
export const returnUri = ({ settings }: ConnectDeps, system: BusinessSystem): string =>
  `${settings.publicUrl}/connect/${system.name}/return`;

/** Where the browser goes to grant access, and what it is known by when it comes back. */
export interface Departure {
  readonly location: string;
  /** For a cookie of this browser. */
  readonly browser: string;
  readonly state: string;
}

/**
 * The browser sets out: uses up its ticket and gets a state that works once, and for this browser alone.
 * @throws {ConnectStopped | ConnectRefused} in words for the person.
 */
export async function setOut(deps: ConnectDeps, system: OAuthSystem, ticket: string): Promise<Departure> {
  const now = deps.clock.now();
  const hash = hashToken(ticket);
  const taken = await takeConnectState(deps.db, { hash, system: system.name, browserHash: null, now });
  if (taken === undefined) {
    const found = await findConnectState(deps.db, system.name, hash);
    throw await stopped(deps, found, 'This link has been used or is older than ten minutes. Begin again where you found it.');
  }
  const { verifier: _, ...carried } = openCarried(deps.vault, taken);
  const verifier = newToken();
  const browser = newToken();
  const { app_id: app, integration_id: integration, arrives_at: arrivesAt } = taken;
  const step = { app, system: system.name, integration, carried: { ...carried, verifier }, browser };
  const state = await keepStep(deps, { ...step, ...(arrivesAt !== null && { arrivesAt }) }, now);
  const location = system.connect.authorizeUrl({
    input: carried.input,
    operator: deps.settings.operator(system.name),
    redirectUri: returnUri(deps, system),
    state,
    codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  return { location, browser, state };
}

/** What the browser brings back. */
export interface Return {
  readonly state: string;
  /** From this browser's cookie. */
  readonly browser: string | undefined;
}

/** How a flow ended. */
export interface Arrival {
  readonly displayName: string;
  readonly appName: string;
  readonly returnTo: string | undefined;
}

/**
 * The browser is back: uses up its state, exchanges the code for a grant and keeps it.
 * @throws {ConnectStopped} for a state that is not this browser's to use, and for all that a page of ours tells; nothing has
 *   changed then.
 * @throws {ConnectRefused | Unavailable | OutcomeUnknown} when the system did not give access.
 */
export async function comeBack(
  deps: ConnectDeps,
  system: OAuthSystem,
  back: Return & { readonly code: string },
): Promise<Arrival> {
  const taken = await takeState(deps, system, back);
  const { connected, carried } = await endFlow(deps, system, taken, ({ input, verifier }) =>
    system.connect.exchange(
      {
        input,
        operator: deps.settings.operator(system.name),
        redirectUri: returnUri(deps, system),
        code: back.code,
        codeVerifier: verifier ?? '',
        now: deps.clock.now(),
      },
      httpOf(deps.http, system.name),
    ),
  );
  const appName = (await findApp(deps.db, taken.app_id))?.name ?? taken.app_id;
  return { displayName: connected.displayName, appName, returnTo: carried.returnTo };
}

/**
 * The browser is back with nothing. Its state stays good, so that the person may think again.
 * @returns what stops the flow, in words for the person.
 */
export async function turnBack(
  deps: ConnectDeps,
  system: OAuthSystem,
  { state, browser }: Return,
  problem: string,
): Promise<ConnectStopped> {
  const found = await findConnectState(deps.db, system.name, hashToken(state));
  return await stopped(deps, found !== undefined && isOf(found, browser) ? found : undefined, problem);
}

/** Nothing is the hash of an empty cookie, and a ticket has none: it never passes for a state. */
const browserHashOf = (browser: string | undefined): string => hashToken(browser ?? '');
const isOf = (state: ConnectState, browser: string | undefined): boolean => state.browser_hash === browserHashOf(browser);

async function takeState(deps: ConnectDeps, system: OAuthSystem, back: Return): Promise<ConnectState> {
  const hash = hashToken(back.state);
  const now = deps.clock.now();
  const browserHash = browserHashOf(back.browser);
  const taken = await takeConnectState(deps.db, { hash, system: system.name, browserHash, now });
  if (taken !== undefined) return taken;
  const found = await findConnectState(deps.db, system.name, hash);
  const isOwn = found !== undefined && (isOf(found, back.browser) || found.used_at !== null);
  throw await stopped(deps, isOwn ? found : undefined, `${whyStopped(found, now)} ${AGAIN}`);
}

/** What stops a flow; told by a page of ours where there is one. What the flow had come to before, that page tells instead. */
async function stopped(deps: ConnectDeps, state: ConnectState | undefined, problem: string): Promise<ConnectStopped> {
  if (state === undefined || state.arrives_at === null) return new ConnectStopped(problem);
  if (state.used_at === null) await noteProblem(deps.db, state.hash, problem);
  return new ConnectStopped(problem, { toldAt: state.arrives_at });
}

/** A ticket is no state: as one, it is unknown. */
const whyStopped = (found: ConnectState | undefined, now: number): string =>
  whyOver(found?.browser_hash === null ? undefined : found, now) ??
  'This was begun in another browser, or this one does not keep cookies.';
