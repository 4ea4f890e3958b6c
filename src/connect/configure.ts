import { withAccount } from '../../activities/api.ts';
import { createCrowd } from '../../activities/crowd.ts';
import type { Api, BusinessSystem } from '../../activities/business-system.ts';
import type { Field } from '../../activities/connect.ts';
import { ConnectRefused } from '../../activities/system-error.ts';
import { readSettings, writeSettings } from '../db/integrations/settings.ts';
import type { SettledIntegration } from '../db/integrations/settings.ts';
import { createStores } from '../db/stores.ts';
import type { AppId, IntegrationId } from '../domain/ids.ts';
import { sameJson } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import { SECOND } from '../domain/time.ts';
import type { ConnectDeps } from './deps.ts';
import { readFields } from './read-fields.ts';

/** Somebody waits at a screen: what takes longer is said to be out of order. */
const PATIENCE_MS = 20 * SECOND;

export interface Settled {
  readonly app: AppId;
  readonly integration: IntegrationId;
}

/** The settings of an integration, with what may be chosen in its account now. */
export interface SettingsForm {
  readonly fields: readonly Field[];
  readonly values: JsonObject;
}

/** @returns `undefined` when the app has no such integration. */
export async function settingsForm(deps: ConnectDeps, wanted: Settled): Promise<SettingsForm | undefined> {
  const found = await find(deps, wanted);
  if (found === undefined) return undefined;
  const { facts, connect } = found.system;
  const choices =
    connect.choices === undefined ? {} : await call(deps, found, async (api) => (await connect.choices?.(api)) ?? {});
  const fields = facts.settings.map((field) => {
    const live = choices[field.name];
    return live === undefined ? field : { ...field, choices: live };
  });
  return { fields, values: found.settings };
}

/**
 * Changes settings of an integration: those that are given, of those that its system declares. From the next round on they count.
 * @returns all settings as they are now, or `undefined` when the app has no such integration.
 * @throws {ConnectRefused} that names the field to correct; nothing has changed then.
 */
export async function configure(
  deps: ConnectDeps,
  wanted: Settled & { readonly given: Readonly<Record<string, unknown>> },
): Promise<JsonObject | undefined> {
  const found = await find(deps, wanted);
  if (found === undefined) return undefined;
  const { facts, connect } = found.system;
  refuseUnknown(facts.settings, wanted.given);
  const read = readFields(facts.settings, { ...found.settings, ...wanted.given });
  // What is there already was checked when it was chosen: a system that checks by posting would post again.
  if (sameJson(read, found.settings)) return read;
  const checked =
    connect.configure === undefined
      ? read
      : await call(deps, found, async (api) => (await connect.configure?.(read, api)) ?? read);
  await writeSettings(deps.db, wanted.integration, checked);
  return checked;
}

/** A name that is misspelt would change nothing, and nobody would notice. */
function refuseUnknown(fields: readonly Field[], given: Readonly<Record<string, unknown>>): void {
  const names = fields.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new ConnectRefused(`there is no such setting; expected ${names.join(', ') || 'none'}`, { field: unknown });
}

type Found = Omit<SettledIntegration, 'system'> & { readonly system: BusinessSystem };

async function find({ db, systems }: ConnectDeps, { app, integration }: Settled): Promise<Found | undefined> {
  const row = await readSettings(db, app, integration);
  const system = systems.find(({ name }) => name === row?.system);
  return row === undefined || system === undefined ? undefined : { ...row, system };
}

function call<T>(deps: ConnectDeps, { system, account }: Found, work: (api: Api) => Promise<T>): Promise<T> {
  const { db, vault, clock, http, settings } = deps;
  const ports = { clock, http, settings, crowd: createCrowd(1), ...createStores(db, vault) };
  const attempt = { signal: AbortSignal.timeout(PATIENCE_MS), isLast: true };
  return withAccount({ ports, system, account, attempt, patienceMs: PATIENCE_MS }, work);
}
