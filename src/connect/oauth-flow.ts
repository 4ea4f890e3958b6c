import { createHash } from 'node:crypto';
import type { BusinessSystem } from '../../activities/business-system.ts';
import { httpOf } from '../../activities/http.ts';
import type { ConnectSteps } from '../../activities/connect.ts';
import { findApp } from '../db/apps.ts';
import { findConnectState, takeConnectState } from '../db/connect-states.ts';
import type { ConnectState } from '../db/connect-states.ts';
import { hashToken, newToken } from '../secrets.ts';
import { keepStep, openCarried } from './connect-state.ts';
import { ConnectStopped } from './connect-stopped.ts';
import type { ConnectDeps } from './deps.ts';
import { saveConnected } from './save-connected.ts';

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
  const taken = await takeConnectState(deps.db, { hash: hashToken(ticket), system: system.name, browserHash: null, now });
  if (taken === undefined) {
    throw new ConnectStopped('This link has been used or is older than ten minutes. Begin again where you found it.');
  }
  const { verifier: _, ...carried } = openCarried(deps.vault, taken);
  const verifier = newToken();
  const browser = newToken();
  const state = await keepStep(
    deps,
    { app: taken.app_id, system: system.name, integration: taken.integration_id, carried: { ...carried, verifier }, browser },
    now,
  );
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
  readonly code: string;
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
 * @throws {ConnectStopped} for a state that is not this browser's to use; nothing has changed then.
 * @throws {ConnectRefused | Unavailable | OutcomeUnknown} when the system did not give access.
 */
export async function comeBack(deps: ConnectDeps, system: OAuthSystem, back: Return): Promise<Arrival> {
  const taken = await takeState(deps, system, back);
  const { input, verifier, returnTo, held } = openCarried(deps.vault, taken);
  const connected = await system.connect.exchange(
    {
      input,
      operator: deps.settings.operator(system.name),
      redirectUri: returnUri(deps, system),
      code: back.code,
      codeVerifier: verifier ?? '',
      now: deps.clock.now(),
    },
    httpOf(deps.http, system.name),
  );
  const { app_id: app, integration_id: integration, hash: stateHash } = taken;
  await saveConnected(deps, { app, system, connected, integration, stateHash, ...(held !== undefined && { held }) });
  const appName = (await findApp(deps.db, app))?.name ?? app;
  return { displayName: connected.displayName, appName, returnTo };
}

async function takeState(deps: ConnectDeps, system: OAuthSystem, back: Return): Promise<ConnectState> {
  const hash = hashToken(back.state);
  const now = deps.clock.now();
  // Nothing is the hash of an empty cookie, and a ticket has none: it never passes for a state.
  const browserHash = hashToken(back.browser ?? '');
  const taken = await takeConnectState(deps.db, { hash, system: system.name, browserHash, now });
  if (taken !== undefined) return taken;
  const found = await findConnectState(deps.db, system.name, hash);
  throw new ConnectStopped(`${whyStopped(found, now)} Nothing was changed. Begin again where you started to connect.`);
}

function whyStopped(found: ConnectState | undefined, now: number): string {
  if (found === undefined || found.browser_hash === null) return 'This address does not belong to anything that was begun here.';
  if (found.used_at !== null) return 'This address was used before; it works once.';
  if (found.expires_at <= now) return 'More than ten minutes have passed since you began.';
  return 'This was begun in another browser, or this one does not keep cookies.';
}
