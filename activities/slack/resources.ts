import { z } from 'zod';
import type { Api } from '../business-system.ts';
import type { Applied, ResourcePlan, ResourceStep, Resources, Wanted } from '../resources.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { knownAgents } from './agents.ts';
import { TestAnswer } from './answers.ts';
import { join } from './channels.ts';
import { callSlack } from './client.ts';
import { meet } from './collect.ts';
import { dispatchIn } from './dispatch.ts';
import { channelInfo, findGeneral, makeDispatch, testPost } from './place.ts';
import { mayDo } from './post.ts';
import { shortfalls } from './scopes.ts';

/** So many members are looked at anew each time. */
const MOST = 10;

/**
 * What a workspace needs besides people's channels: a place to be told of new conversations, and proof that a post of ours arrives
 * there. A workspace is connected only when it does.
 */
export const resources: Resources = { plan, apply };

async function plan(wanted: Wanted, api: Api): Promise<ResourcePlan> {
  if (!wanted.present) return { steps: [], notices: [] };
  await callSlack(api, { method: 'auth.test', writes: false }, TestAnswer);
  await refreshAgents(api);
  return { steps: await steps(api), notices: [...shortfallsIn(api.data), ...restrictionIn(api.data)] };
}

/** Why new conversations are told of elsewhere than in the general channel. */
function restrictionIn(data: JsonObject): readonly string[] {
  const { restricted } = data;
  const name = dispatchIn(data)?.name;
  if (typeof restricted !== 'string' || name === undefined) return [];
  return [`The general channel takes no posts of the Slack app (${restricted}): new conversations are told of in #${name}.`];
}

async function steps(api: Api): Promise<readonly ResourceStep[]> {
  const dispatch = dispatchIn(api.data);
  const info = dispatch === undefined ? undefined : await channelInfo(dispatch.id, api);
  if (dispatch === undefined || info === undefined || info.is_archived)
    return [{ name: 'place', summary: 'find the channel to tell of new conversations in', detail: {} }];
  // Each time the workspace is connected it is shown that it works.
  if (api.data['tested'] === api.data['connectedAt']) return [];
  return [{ name: 'test', summary: `post a test message in #${dispatch.name}`, detail: {} }];
}

async function apply(step: ResourceStep, wanted: Wanted, api: Api): Promise<Applied> {
  return step.name === 'place' ? await findPlace(wanted, api) : await test(wanted, api);
}

async function findPlace({ installation }: Wanted, api: Api): Promise<Applied> {
  const general = typeof api.data['restricted'] === 'string' ? undefined : await findGeneral(api);
  const place = general ?? (await makeDispatch(api, installation));
  await join(place.id, api);
  return { data: { dispatch: { id: place.id, name: place.name }, tested: null } };
}

async function test({ installation }: Wanted, api: Api): Promise<Applied> {
  const dispatch = dispatchIn(api.data);
  if (dispatch === undefined) return {};
  const connectedAt = Number(api.data['connectedAt'] ?? 0);
  const command = api.operator['command'] ?? '/sk';
  const intro = `Deskbridge is connected. I tell here of new conversations; in the channel of each person, \`${command} your answer\` answers.`;
  const text = [intro, ...shortfallsIn(api.data)].join('\n');
  const mark = `connected ${installation} ${connectedAt}`;
  await join(dispatch.id, api);
  const refused = await testPost(api, { channel: dispatch.id, text, mark, since: connectedAt });
  if (refused === undefined) return { data: { tested: connectedAt } };
  const place = await makeDispatch(api, installation);
  return { data: { dispatch: { ...place }, restricted: refused, tested: null } };
}

/** What is worse because somebody declined a right, for those who see it. */
function shortfallsIn({ scopes }: JsonObject): readonly string[] {
  const granted = Granted.safeParse(scopes);
  return granted.success ? shortfalls(new Set(granted.data)) : [];
}

const Granted = z.array(z.string());

/** Names and pictures change. Slack tells that one has, which brings us here; those that were asked for longest ago come first. */
async function refreshAgents(api: Api): Promise<void> {
  if (!mayDo(api.data, 'users:read')) return;
  const stale = knownAgents(api.data).filter(({ at }) => at < api.now() - MINUTE);
  for (const { user } of stale.toSorted((a, b) => a.at - b.at).slice(0, MOST)) await meet(user, api);
}
