import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentIn, knownAgents } from '../../activities/slack/agents.ts';
import { slack } from '../../activities/slack/index.ts';
import type { HttpAnswer } from '../../activities/http.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { connectAccount, createWorld } from '../engine/support/world.ts';
import type { World } from '../engine/support/world.ts';

const told = (id: string, name: string): HttpAnswer => ({
  status: 200,
  headers: { date: 'Sat, 28 Nov 2026 12:00:00 GMT' },
  text: JSON.stringify({ ok: true, user: { id, real_name: name } }),
});

describe('the members of a workspace', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  it('are all kept, also when two are asked for at the same time', async () => {
    const { account } = await connectAccount(world, slack, { key: 'T1', credentials: {}, data: { scopes: ['commands'] } });
    const known: JsonObject = { scopes: ['commands'] };
    for (const answer of [told('U1', 'Ben'), told('U2', 'Zoe')])
      await world.ports.accounts.learn(account, slack.learn?.(answer, known) ?? {});
    const { data } = await world.db.selectFrom('accounts').select('data').executeTakeFirstOrThrow();
    expect(
      knownAgents(data)
        .map(({ user }) => user)
        .toSorted(),
    ).toEqual(['U1', 'U2']);
    expect([agentIn(data, 'U1')?.name, agentIn(data, 'U2')?.name, agentIn(data, 'U3')]).toEqual(['Ben', 'Zoe', undefined]);
    expect(data['scopes']).toEqual(['commands']);
  });
});
