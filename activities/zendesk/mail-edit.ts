import { z } from 'zod';
import type { Api } from '../business-system.ts';
import type { Applied, KeepingApi } from '../resources.ts';
import { Refused, Unavailable } from '../system-error.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { sameJson } from '../../src/domain/json.ts';
import { callZendesk, sentence } from './client.ts';
import { parseJson } from './json.ts';
import { CONDITION, isOurCondition, keptOf, mailsRequester, sparesOurs } from './mail-condition.ts';
import { putTrigger, Trigger } from './trigger.ts';

/** A trigger as it stands, to the letter: whatever we know nothing of is written back as it was read. */
interface RawTrigger {
  readonly conditions: JsonObject;
  readonly all: readonly Json[];
  readonly actions: Json;
  readonly read: Trigger;
}

const RawAnswer = z.object({ trigger: z.record(z.string(), z.json()) });

async function readRaw(api: Api, id: string): Promise<RawTrigger | undefined> {
  try {
    const { body } = await callZendesk(api, { method: 'GET', path: `/api/v2/triggers/${id}` }, RawAnswer);
    const conditions = parseJson(body.trigger['conditions']);
    const all = conditions['all'];
    return { conditions, all: isList(all) ? all : [], actions: body.trigger['actions'] ?? [], read: Trigger.parse(body.trigger) };
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/**
 * Adds the condition to a trigger that mails the requester, and remembers that it is ours before it is there: killed in between,
 * we know it again.
 * @param beside whether a condition of somebody else's does not do.
 */
export async function addCondition(id: string, beside: boolean, api: KeepingApi): Promise<Applied> {
  const before = await readRaw(api, id);
  if (before === undefined || !before.read.active || !mailsRequester(before.read)) return {};
  const { conditions } = keptOf(api.data);
  const isOurs = conditions[id] !== undefined;
  if (sparesOurs(before.read) && (isOurs || !beside)) return {};
  const record = { title: before.read.title, addedAt: conditions[id]?.addedAt ?? api.now() };
  if (!isOurs) await api.keep({ conditions: { ...conditions, [id]: record } });
  return await write(api, { id, before, all: [...before.all, CONDITION], kept: record });
}

/** Removes the condition that we added, and only that, from the trigger as it is now. Gone or edited: it is forgotten. */
export async function removeCondition(id: string, api: Api): Promise<Applied> {
  const before = await readRaw(api, id);
  const at = before?.read.conditions.all.findLastIndex(isOurCondition) ?? -1;
  if (before === undefined || at < 0) return forget(api, id);
  return await write(api, { id, before, all: before.all.toSpliced(at, 1), kept: undefined });
}

interface Edit {
  readonly id: string;
  readonly before: RawTrigger;
  readonly all: readonly Json[];
  /** What is known of our condition afterwards. */
  readonly kept: { readonly title: string; readonly addedAt: number } | undefined;
}

/** Writes back conditions and actions whole, as Zendesk wants, and reads what came of it: people edit triggers, too. */
async function write(api: Api, edit: Edit): Promise<Applied> {
  const { id, before, all, kept } = edit;
  const wanted = { conditions: { ...before.conditions, all }, actions: before.actions };
  try {
    await putTrigger(api, id, wanted);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.status === 404 ? forget(api, id) : refusedBy(api, edit, error);
  }
  const after = await readRaw(api, id);
  if (after === undefined) return forget(api, id);
  if (countOurs(after) !== countOurs(before) + (kept === undefined ? -1 : 1))
    throw new Unavailable(`trigger '${before.read.title}' was edited by somebody else at the same time`);
  if (kept === undefined) return forget(api, id);
  const isAsWritten = sameJson(after.conditions, wanted.conditions) && sameJson(after.actions, wanted.actions);
  const record = isAsWritten ? kept : { ...kept, differsIn: after.read.updated_at };
  return { data: { conditions: { ...keptOf(api.data).conditions, [id]: record } } };
}

/** What Zendesk does not take is not tried again until somebody has saved the trigger. */
function refusedBy(api: Api, { id, before, kept }: Edit, error: Refused): Applied {
  const { conditions, refused } = keptOf(api.data);
  const { [id]: _, ...others } = conditions;
  return {
    data: {
      refused: { ...refused, [id]: { version: before.read.updated_at, said: sentence(error.message) } },
      ...(kept === undefined ? {} : { conditions: others }),
    },
  };
}

function forget(api: Api, id: string): Applied {
  const { [id]: _, ...others } = keptOf(api.data).conditions;
  return { data: { conditions: others } };
}

const countOurs = ({ read }: RawTrigger): number => read.conditions.all.filter(isOurCondition).length;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);
