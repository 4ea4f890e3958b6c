import type { BusinessSystem } from '../../activities/business-system.ts';
import type { ConnectSteps } from '../../activities/connect.ts';
import { httpOf } from '../../activities/http.ts';
import { findConnectState, takeConnectState } from '../db/connect-states.ts';
import type { JsonObject } from '../domain/json.ts';
import { hashToken } from '../secrets.ts';
import { AGAIN, ConnectStopped, whyOver } from './connect-stopped.ts';
import type { ConnectDeps } from './deps.ts';
import { endFlow } from './end-flow.ts';

/** A system whose accounts are connected by an install link. */
export type InstallSystem = BusinessSystem & {
  readonly connect: Required<Pick<ConnectSteps, 'installUrl' | 'descriptor' | 'installed'>>;
};

/** Finds a system that is connected by an install link. */
export function installSystem(systems: readonly BusinessSystem[], name: string): InstallSystem | undefined {
  return systems.find((system): system is InstallSystem => system.name === name && isInstalled(system));
}

const isInstalled = ({ facts, connect }: BusinessSystem): boolean =>
  facts.connectFlow.kind === 'install' &&
  connect.installUrl !== undefined &&
  connect.descriptor !== undefined &&
  connect.installed !== undefined;

/** Where the system fetches our descriptor. The token stands in the path: systems append to these addresses. */
export const descriptorUrl = ({ settings }: ConnectDeps, { name }: BusinessSystem, token: string): string =>
  `${settings.publicUrl}/connect/${name}/descriptor/${token}`;

const callbackUrl = ({ settings }: ConnectDeps, { name }: BusinessSystem, token: string): string =>
  `${settings.publicUrl}/connect/${name}/installed/${token}`;

/** What the system reads, as often as it likes while the token is good. @throws {ConnectStopped} for one that is not. */
export async function describe(deps: ConnectDeps, system: InstallSystem, token: string): Promise<JsonObject> {
  const why = whyOver(await findConnectState(deps.db, system.name, hashToken(token)), deps.clock.now());
  if (why !== undefined) throw new ConnectStopped(`${why} ${AGAIN}`);
  return system.connect.descriptor({
    operator: deps.settings.operator(system.name),
    descriptorUrl: descriptorUrl(deps, system, token),
    callbackUrl: callbackUrl(deps, system, token),
    publicUrl: deps.settings.publicUrl,
  });
}

/**
 * The system granted access: uses up the token, proves what was posted and keeps the account.
 * @throws {ConnectStopped} for a token that is not good, and for all that a page of ours tells; nothing has changed then.
 * @throws {SystemError} when the system did not give access.
 */
export async function install(
  deps: ConnectDeps,
  system: InstallSystem,
  posted: { readonly token: string; readonly body: JsonObject },
): Promise<void> {
  const now = deps.clock.now();
  const hash = hashToken(posted.token);
  const taken = await takeConnectState(deps.db, { hash, system: system.name, browserHash: null, now });
  if (taken === undefined) {
    const why = whyOver(await findConnectState(deps.db, system.name, hash), now);
    throw new ConnectStopped(`${why ?? 'This address leads nowhere.'} ${AGAIN}`);
  }
  const operator = deps.settings.operator(system.name);
  await endFlow(deps, system, taken, ({ input }) =>
    system.connect.installed({ input, operator, body: posted.body, now }, httpOf(deps.http, system.name)),
  );
}
