import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deliver } from '../../activities/deliver.ts';
import type { Http } from '../../activities/http.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { budgetsOf } from '../../activities/zendesk/limits.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { attemptOf, connectAccount, createConversation, createWorld, say } from '../engine/support/world.ts';
import type { Connection, World } from '../engine/support/world.ts';

/** How many wait at once. A thousand with CROWD=1000; that so many take turns fairly, turns.test.ts shows in any case. */
const MANY = Number(process.env['CROWD'] ?? 250);

/** Answers like a Zendesk of the smallest plan, at once: only when somebody's turn comes matters here. */
function plainZendesk(): Http {
  let ids = 1_000;
  return (request) => {
    ids += 1;
    const isUser = request.url.includes('/user');
    const user = { id: ids, role: 'end-user', name: 'A' };
    const ticket = { id: ids, status: 'new', requester_id: ids, updated_at: '2026-11-23T13:00:00Z' };
    const audit = { created_at: '2026-11-23T13:00:00Z', events: [{ id: ids, type: 'Comment' }] };
    const body = isUser ? { user, users: [], user_fields: [] } : { ticket, audit };
    return Promise.resolve({ status: 200, headers: { 'x-rate-limit': '200' }, text: JSON.stringify(body) });
  };
}

describe('many conversations that wait for one Zendesk', () => {
  let world: World;
  let connection: Connection;
  beforeAll(async () => {
    world = await createWorld();
    connection = await connectAccount(world, zendesk, { key: 'busy', credentials: { accessToken: 't' } });
  });
  afterAll(async () => {
    await world.close();
  });

  it('all have their turn: the slowest waits at most twice its share', async () => {
    const ports = { ...world.ports, http: plainZendesk() };
    const lanes: { readonly conversation: ConversationId; due: number }[] = [];
    const began = world.clock.now();
    for (let index = 0; index < MANY; index += 1) {
      const conversation = await createConversation(world, `Ann ${index}`);
      await say(world, conversation, 'hello');
      lanes.push({ conversation, due: began });
    }
    const ends: number[] = [];
    for (const left = new Set(lanes); left.size > 0;) {
      const next = [...left].reduce((first, other) => (other.due < first.due ? other : first));
      world.clock.set(next.due);
      const round = newId<ConversationId>();
      const { conversation } = next;
      const end = await deliver(ports, zendesk, { conversation, destination: connection.destination, round }, attemptOf(1));
      if (end.until !== undefined && end.behind !== undefined) next.due = end.until;
      else if (left.delete(next)) ends.push(world.clock.now() - began);
    }
    const undelivered = await world.db.selectFrom('deliveries').select('seq').where('state', '!=', 'delivered').execute();
    expect(undelivered).toEqual([]);
    // What a Zendesk that did nothing else would need for all: an end user each, the strictest of its limits.
    const { users } = budgetsOf({ key: '', data: {}, operator: {} }).account;
    const share = MANY * (users?.intervalMs ?? 0);
    expect(Math.max(...ends)).toBeLessThanOrEqual(2 * share);
    expect(Math.max(...ends)).toBeGreaterThan(share / 2);
  }, 400_000);
});
