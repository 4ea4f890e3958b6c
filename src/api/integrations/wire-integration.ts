import type { Field } from '../../../activities/connect.ts';
import type { BegunIntegration } from '../../connect/begin.ts';
import type { StoredIntegration } from '../../db/integrations/read.ts';
import type { Json, JsonObject } from '../../domain/json.ts';

/** An integration as the wire shows it. `progress`, `problem` and `notices` are sentences for people. */
export const wireIntegration = (integration: StoredIntegration): JsonObject => ({
  _id: integration.id,
  type: integration.system,
  status: integration.status,
  displayName: integration.display_name,
  ...(integration.progress !== null && { progress: integration.progress }),
  ...(integration.problem !== null && { problem: integration.problem }),
  ...(noticesOf(integration).length > 0 && { notices: noticesOf(integration) }),
});

const noticesOf = ({ comparison }: StoredIntegration): readonly string[] => comparison?.notices ?? [];

/** One that was begun and is not there yet. */
export const wireBegun = (type: string, { integration, displayName, connectUrl }: BegunIntegration): JsonObject => ({
  _id: integration,
  type,
  status: 'connecting',
  ...(displayName !== undefined && { displayName }),
  ...(connectUrl !== undefined && { connectUrl }),
});

/** A setting: how it is called, what may be chosen, what it is. */
export const wireField = ({ name, label, help, type, choices }: Field, value: Json | undefined): JsonObject => ({
  name,
  label,
  type,
  ...(help !== undefined && { help }),
  ...(choices !== undefined && { choices: choices.map((choice) => ({ ...choice })) }),
  ...(value !== undefined && { value }),
});
