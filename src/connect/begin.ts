import type { BusinessSystem } from '../../activities/business-system.ts';
import { httpOf } from '../../activities/http.ts';
import { ConnectRefused } from '../../activities/system-error.ts';
import type { Held } from '../db/integrations/connect.ts';
import { newId } from '../db/new-id.ts';
import type { AppId, IntegrationId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { keepStep } from './connect-state.ts';
import type { Carried } from './connect-state.ts';
import type { ConnectDeps } from './deps.ts';
import { descriptorUrl, installSystem } from './install-flow.ts';
import { readFields } from './read-fields.ts';
import { returnUri } from './oauth-flow.ts';
import { saveConnected } from './save-connected.ts';

export interface WantedIntegration {
  readonly app: AppId;
  readonly system: BusinessSystem;
  /** As typed in; nothing of it is believed. */
  readonly given: Readonly<Record<string, unknown>>;
  /** What becomes of messages that wait for this account since it was removed, or needed a repair. Default: they are delivered. */
  readonly held?: Held;
  /** The page of ours that tells how it ended, well or not. Default: the one to go to that is given, where it ended well. */
  readonly arrivesAt?: (integration: IntegrationId) => string;
}

export interface BegunIntegration {
  /** Its id; where the app had this account before, it turns out at the end to be the one that was there. */
  readonly integration: IntegrationId;
  readonly displayName?: string;
  /** Where a person has to go with a browser, within ten minutes. Absent: nothing is left to do. */
  readonly connectUrl?: string;
}

/**
 * Begins to connect an account to an app. What takes a person's consent goes on in a browser; typed-in credentials are checked now.
 * @throws {ConnectRefused} that names the field to correct.
 */
export async function beginConnect(deps: ConnectDeps, wanted: WantedIntegration): Promise<BegunIntegration> {
  const { connectFlow } = wanted.system.facts;
  switch (connectFlow.kind) {
    case 'oauth':
      return await beginOAuth(deps, wanted, readFields(connectFlow.fields, wanted.given));
    case 'install':
      return await beginInstall(deps, wanted, readFields(connectFlow.fields, wanted.given));
    case 'fields':
      return await connectNow(deps, wanted, readFields(connectFlow.fields, wanted.given));
    case 'none':
      throw new ConnectRefused('expected a system that can be connected', { field: 'type' });
  }
}

async function beginOAuth(deps: ConnectDeps, wanted: WantedIntegration, input: JsonObject): Promise<BegunIntegration> {
  const { system } = wanted;
  const integration = newId<IntegrationId>();
  const arrivesAt = wanted.arrivesAt?.(integration);
  const returnTo = arrivesAt ?? readReturnTo(deps, wanted.given['returnTo']);
  // What the system misses in the input is found now, by whoever typed it, and not later in the browser.
  system.connect.authorizeUrl?.({
    input,
    operator: deps.settings.operator(system.name),
    redirectUri: returnUri(deps, system),
    state: '',
    codeChallenge: '',
  });
  const carried = returnTo === undefined ? { input } : { input, returnTo };
  const ticket = await keepFirst(deps, wanted, { integration, arrivesAt, carried });
  return { integration, connectUrl: `${deps.settings.publicUrl}/connect/${system.name}/start?ticket=${ticket}` };
}

async function beginInstall(deps: ConnectDeps, wanted: WantedIntegration, input: JsonObject): Promise<BegunIntegration> {
  const system = installSystem([wanted.system], wanted.system.name);
  if (system === undefined) throw new Error(`${wanted.system.name} declares that it is installed, and cannot be`);
  const integration = newId<IntegrationId>();
  const urlFor = (token: string): string =>
    system.connect.installUrl({
      input,
      operator: deps.settings.operator(system.name),
      descriptorUrl: descriptorUrl(deps, system, token),
    });
  // Nothing is kept of input that the system does not take.
  urlFor('');
  const arrivesAt = wanted.arrivesAt?.(integration);
  return { integration, connectUrl: urlFor(await keepFirst(deps, wanted, { integration, arrivesAt, carried: { input } })) };
}

interface First {
  readonly integration: IntegrationId;
  readonly arrivesAt: string | undefined;
  readonly carried: Carried;
}

/** Keeps the first step. @returns the token that leads on. */
async function keepFirst(deps: ConnectDeps, { app, system, held }: WantedIntegration, first: First): Promise<string> {
  const { integration, arrivesAt } = first;
  const carried = held === undefined ? first.carried : { ...first.carried, held };
  const step = { app, system: system.name, integration, carried, ...(arrivesAt !== undefined && { arrivesAt }) };
  return await keepStep(deps, step, deps.clock.now());
}

async function connectNow(
  deps: ConnectDeps,
  { app, system, held }: WantedIntegration,
  input: JsonObject,
): Promise<BegunIntegration> {
  const connected = await system.connect.check?.(input, deps.settings.operator(system.name), httpOf(deps.http, system.name));
  if (connected === undefined) throw new Error(`${system.name} declares fields to connect with, and cannot check them`);
  const integration = await saveConnected(deps, {
    app,
    system,
    connected,
    integration: newId<IntegrationId>(),
    ...(held !== undefined && { held }),
  });
  return { integration, displayName: connected.displayName };
}

/** A page of our own to go to at the end. Any other would make this an open redirect. */
function readReturnTo({ settings }: ConnectDeps, given: unknown): string | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const url = typeof given === 'string' ? URL.parse(given, `${settings.publicUrl}/`) : null;
  if (url !== null && url.origin === new URL(settings.publicUrl).origin) return url.href;
  throw new ConnectRefused(`expected an address below ${settings.publicUrl}`, { field: 'returnTo' });
}
