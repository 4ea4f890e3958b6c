import { beforeEach, describe, expect, it } from 'vitest';
import { textOf } from '../../src/domain/json.ts';
import { putGrant } from '../../src/db/accounts/grants.ts';
import { createConversation, deliveriesOf, runRound, say, settle } from '../engine/support/world.ts';
import { install } from '../engine/support/zendesk-world.ts';
import { connect, leave, statusesOf } from './support/account.ts';
import { adminOf } from './support/admin.ts';
import type { Admin } from './support/admin.ts';
import { atZendesk } from './support/at-zendesk.ts';

describe('setting up a Zendesk', () => {
  const at = atZendesk({ install: false });
  let admin: Admin;
  beforeEach(() => {
    admin = adminOf(at().world.zendesk);
  });

  const look = () => install(at().world, at().world.zendesk.subdomain);
  const shown = async () => {
    const columns = ['status', 'progress', 'problem'] as const;
    return await at().world.db.selectFrom('integrations').select(columns).executeTakeFirstOrThrow();
  };
  const actAs = async (name: string): Promise<void> => {
    const { world } = at();
    const users = await admin.call('GET', `/users/search?query=${name}`);
    const id = Number(/"id":(\d+)/.exec(JSON.stringify(users))?.[1]);
    const credentials = { accessToken: await world.zendesk.issueToken(['read', 'write'], id) };
    await putGrant(world.db, world.vault, world.connection.account, { credentials }, world.clock.now());
  };

  it('keeps messages waiting, and says why, until no trigger would mail for them', async () => {
    const { world } = at();
    await connect(world);
    const conversation = await createConversation(world);
    await say(world, conversation, 'one');
    const bell = { conversation, system: 'zendesk', destination: world.connection.destination };
    const early = await runRound(world, bell);
    expect(early?.why).toEqual({ kind: 'preparing', what: 'the account is being set up' });
    expect(await world.tickets()).toEqual([]);
    await look();
    await settle(world);
    expect(await deliveriesOf(world, conversation)).toEqual([expect.objectContaining({ state: 'delivered' })]);
    expect(await world.zendesk.outbox()).not.toContainEqual(
      expect.objectContaining({ trigger_title: expect.stringMatching(/requester/) }),
    );
  });

  it('says what is being done and how much is left', async () => {
    const { world } = at();
    await connect(world);
    const seen: (string | null)[] = [];
    const http: typeof world.ports.http = async (request, signal) => {
      seen.push((await shown()).progress);
      return await world.ports.http(request, signal);
    };
    await install({ ports: { ...world.ports, http } }, world.zendesk.subdomain);
    expect(seen).toContain('create the webhook, and 6 more to do');
    expect(await shown()).toEqual({ status: 'connected', progress: null, problem: null });
  });

  it('says what to do when there are too many webhooks, and goes on by itself once there is room', async () => {
    const { world } = at();
    await world.zendesk.set({ maxWebhooks: 1 });
    const common = {
      http_method: 'POST',
      request_format: 'json',
      status: 'active',
      subscriptions: ['conditional_ticket_events'],
    };
    await admin.call('POST', '/webhooks', { webhook: { name: 'Other', endpoint: 'https://example.com', ...common } });
    await expect(look()).rejects.toThrow('does not let us create a webhook');
    expect((await shown()).problem).toMatch(/limited to 1 webhooks.*PUBLIC_URL of this installation is http:/);
    await world.zendesk.set({ maxWebhooks: 2 });
    await look();
    expect((await shown()).problem).toBeNull();
  });

  it('says whose right is missing, and goes on by itself once it is given', async () => {
    const { world } = at();
    await actAs('Ben');
    await expect(look()).rejects.toThrow(/answers 403 to GET \/api\/v2\/webhooks/);
    expect((await shown()).problem).toMatch(
      /The user who connected \(an administrator\) lacks a right.*as another administrator/,
    );
    const parked = await world.db.selectFrom('destinations').select('parked_generation').executeTakeFirstOrThrow();
    expect(parked.parked_generation).toBe(0);
    await actAs('Ada');
    await look();
    expect((await shown()).status).toBe('connected');
  });

  it.each<[string, string, (ours: { webhook: string; trigger: string }) => Promise<unknown>]>([
    [
      'a webhook that was switched off',
      'set the webhook right: it is switched off',
      ({ webhook }) => admin.call('PATCH', `/webhooks/${webhook}`, { webhook: { status: 'inactive' } }),
    ],
    [
      'a webhook that calls somebody else',
      'set the webhook right: it calls another address',
      ({ webhook }) => admin.call('PATCH', `/webhooks/${webhook}`, { webhook: { endpoint: 'https://example.com/' } }),
    ],
    [
      'a signing secret that was made anew',
      "read the webhook's signing secret",
      ({ webhook }) => admin.call('POST', `/webhooks/${webhook}/signing_secret`),
    ],
    [
      'a trigger that was switched off',
      'set our trigger right: it is inactive',
      ({ trigger }) => admin.changeTrigger(trigger, () => ({ active: false })),
    ],
    [
      'a trigger that was edited',
      'set our trigger right: it was edited',
      ({ trigger }) =>
        admin.changeTrigger(trigger, ({ conditions, actions }) => ({
          conditions: { ...conditions, all: conditions.all.slice(1) },
          actions,
        })),
    ],
    ['a trigger that was deleted', 'create the trigger', ({ trigger }) => admin.deleteTrigger(trigger)],
  ])('sets right %s, and says so', async (_title, step, harm) => {
    await look();
    const [webhook] = await admin.webhooks();
    const trigger = (await admin.triggers()).find(({ title }) => title.startsWith('Deskbridge'));
    await harm({ webhook: webhook?.id ?? '', trigger: trigger?.title ?? '' });
    expect((await look()).steps).toEqual([step]);
    expect((await look()).steps).toEqual([]);
  });

  it('leaves one webhook and one trigger where there came to be more', async () => {
    await look();
    const [webhook] = await admin.webhooks();
    const trigger = (await admin.triggers()).find(({ title }) => title.startsWith('Deskbridge'));
    const { name = '', id = '' } = webhook ?? {};
    const common = {
      http_method: 'POST',
      request_format: 'json',
      status: 'active',
      subscriptions: ['conditional_ticket_events'],
    };
    await admin.call('POST', '/webhooks', { webhook: { name, endpoint: 'https://example.com', ...common } });
    await admin.createTrigger({
      title: trigger?.title ?? '',
      conditions: { all: [{ field: 'update_type', operator: 'is', value: 'Change' }], any: [] },
      actions: [{ field: 'notification_webhook', value: [id, '{}'] }],
    });
    expect((await look()).steps).toEqual(['delete our trigger', 'delete the webhook']);
    expect((await admin.webhooks()).map((one) => one.id)).toEqual([id]);
  });

  it('lists what is left to do by hand when access ended first, and knows it again later', async () => {
    const { world } = at();
    await look();
    const grant = await world.ports.accounts.grant(world.connection.account);
    const bearer = { authorization: `Bearer ${textOf(grant?.credentials ?? {}, 'accessToken')}` };
    const current = await (await fetch(`${world.zendesk.url}/api/v2/oauth/tokens/current`, { headers: bearer })).text();
    const token = /"id":(\d+)/.exec(current)?.[1];
    await fetch(`${world.zendesk.url}/api/v2/oauth/tokens/${token}`, { method: 'DELETE', headers: bearer });
    await leave(world);
    const { notices } = await look();
    expect(await statusesOf(world)).toEqual(['removed']);
    expect(notices).toHaveLength(6);
    expect(notices[0]).toMatch(
      /Our access to Zendesk w\d+ ended before .* Delete the trigger 'Deskbridge: tell .*' \(id \d+\)\./,
    );
    expect(notices[2]).toMatch(
      /Remove the condition 'Tags – contains none of – smooch' from the trigger 'Notify requester.*' \(id \d+\)\./,
    );
    await connect(world);
    await look();
    await leave(world);
    await look();
    expect([
      await admin.webhooks(),
      (await admin.triggers()).filter(({ conditions }) => JSON.stringify(conditions).includes('smooch')),
    ]).toEqual([[], []]);
  });
});
