import { z } from 'zod';
import type { AppId, IntegrationId } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { putConnectState } from '../db/connect-states.ts';
import type { Db } from '../db/db.ts';
import type { Held } from '../db/integrations/connect.ts';
import type { SealedColumn } from '../db/sealed.ts';
import { MINUTE } from '../domain/time.ts';
import { hashToken, newToken } from '../secrets.ts';
import type { Vault } from '../secrets.ts';

/** How long a person may take for each step. */
export const STEP_MS = 10 * MINUTE;

/** What is kept, sealed, from one step of a connect flow to the next. */
export interface Carried {
  /** What was typed into the system's fields. */
  readonly input: JsonObject;
  /** Where the browser goes at the end. */
  readonly returnTo?: string;
  /** What becomes of messages that wait for the account. */
  readonly held?: Held;
  /** PKCE; only from the second step on. */
  readonly verifier?: string;
}

export interface Step {
  readonly app: AppId;
  readonly system: string;
  readonly integration: IntegrationId;
  readonly carried: Carried;
  /** The page of ours that tells how the flow ended, well or not. */
  readonly arrivesAt?: string;
  /** The token of the browser that may take the next step. Absent: any browser may. */
  readonly browser?: string;
}

/** Keeps a step, and makes the token that leads on from it. Only the token's hash is stored. */
export async function keepStep(deps: { readonly db: Db; readonly vault: Vault }, step: Step, now: number): Promise<string> {
  const token = newToken();
  const hash = hashToken(token);
  await putConnectState(
    deps.db,
    {
      hash,
      app: step.app,
      system: step.system,
      integration: step.integration,
      input: deps.vault.seal(JSON.stringify(step.carried), purpose(hash)),
      ...(step.arrivesAt !== undefined && { arrivesAt: step.arrivesAt }),
      ...(step.browser !== undefined && { browserHash: hashToken(step.browser) }),
      expiresAt: now + STEP_MS,
    },
    now,
  );
  return token;
}

const Sealed = z.object({
  input: z.record(z.string(), z.json()),
  returnTo: z.string().exactOptional(),
  held: z.enum(['deliver', 'discard']).exactOptional(),
  verifier: z.string().exactOptional(),
});

/** Opens what a step carried. */
export const openCarried = (vault: Vault, state: { readonly hash: string; readonly input: string }): Carried =>
  Sealed.parse(JSON.parse(vault.open(state.input, purpose(state.hash))));

const purpose = (hash: string): string => `connect/${hash}`;
export const sealedSteps: SealedColumn = { table: 'connect_states', column: 'input', id: 'hash', purpose };
