import { z } from 'zod';
import type { Batch, PlanContext, PlannedEffect } from '../batch.ts';
import { postScopes } from './limits.ts';
import { nameOf } from './profile.ts';
import type { Room } from './room.ts';
import { literalName } from './text.ts';
import { agentName } from './words-of-agents.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { textOf } from '../../src/domain/json.ts';

/** The channel in which new conversations are announced. */
const Place = z.object({ id: z.string(), name: z.string() });
export type Place = z.infer<typeof Place>;

/** The workspace's, as it was found when it was connected. */
export const dispatchIn = (data: JsonObject): Place | undefined => Place.safeParse(data['dispatch']).data;

/** The integration's own choice, else the workspace's. */
const dispatchOf = ({ settings, account }: PlanContext): string | undefined =>
  textOf(settings, 'dispatchChannel') || dispatchIn(account.data)?.id;

/** Where a conversation was announced. */
const Announced = z.object({ channel: z.string(), ts: z.string() });

/** Tells once of each channel that was made: who writes, and where. */
export function announce({ channel, key, data, context }: Room): readonly PlannedEffect[] {
  const dispatch = dispatchOf(context);
  if (data['announced'] !== undefined || dispatch === undefined) return [];
  const installer = textOf(context.account.data, 'installer');
  const scopes = postScopes(dispatch);
  const [before, after] = announcement(context, data['again'] === true || context.previous !== undefined);
  const write = {
    kind: 'announce',
    dispatch,
    channel,
    before,
    after,
    mark: `${context.nonce} announcement ${key}`,
    scopes,
    ...(installer === '' ? {} : { fallback: installer }),
  };
  return [{ key: `announcement ${key}`, summary: 'tell the dispatch channel', seqs: [], scopes, write }];
}

/**
 * Tells there that somebody has answered, so that everybody sees what is unattended. Once. What comes over the API is mostly the
 * owner's software, which answers at once: a conversation is not attended for that.
 */
export function answered(batch: Batch, { channel, key, data, context }: Room): readonly PlannedEffect[] {
  const announced = Announced.safeParse(data['announced']).data;
  const first = batch.messages.find(({ source }) => source.type !== 'api');
  if (announced === undefined || data['answered'] === true || first === undefined || typeof channel !== 'string') return [];
  const [before, after] = announcement(context, data['again'] === true);
  const text = `${before}<#${channel}>${after}\n:white_check_mark: ${literalName(agentName(first))} has answered.`;
  const scopes = ['update'];
  const keeps = { answered: true };
  return [
    {
      key: `answered ${key}`,
      summary: 'tell the dispatch channel that it was answered',
      seqs: [],
      scopes,
      repeatable: true,
      write: { kind: 'update', dispatch: announced.channel, ts: announced.ts, text, scopes, keeps },
    },
  ];
}

/** The words around the channel's link. */
function announcement({ appUser, app }: PlanContext, again: boolean): readonly [string, string] {
  const who = `*${literalName(nameOf(appUser))}*`;
  const of = ` (${literalName(app.name)})`;
  return again ? [`${who} wrote again. The conversation goes on in `, of] : [`${who} started a conversation in `, of];
}
