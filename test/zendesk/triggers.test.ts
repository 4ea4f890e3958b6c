import { beforeEach, describe, expect, it } from 'vitest';
import { removeIntegration } from '../../src/db/integrations/remove.ts';
import { install } from '../engine/support/zendesk-world.ts';
import { adminOf, mailing, SPARED } from './support/admin.ts';
import type { Admin, RawTrigger } from './support/admin.ts';
import { atZendesk } from './support/at-zendesk.ts';

const STOCK = [
  'Notify requester and CCs of received request',
  'Notify requester of new proactive ticket',
  'Notify requester and CCs of comment update',
  'Notify requester of solved request',
];

/** What a trigger does, apart from when it was saved. */
const meaning = ({ title, active, conditions, actions }: RawTrigger) => ({ title, active, conditions, actions });

describe('the triggers of a Zendesk that is connected', () => {
  const at = atZendesk({ install: false });
  let admin: Admin;
  beforeEach(() => {
    admin = adminOf(at().world.zendesk);
  });

  const look = () => install(at().world, at().world.zendesk.subdomain);

  const leave = async (): Promise<ReturnType<typeof install>> => {
    const { db, app, clock } = at().world;
    const { id } = await db.selectFrom('integrations').select('id').where('app_id', '=', app).executeTakeFirstOrThrow();
    await removeIntegration(db, { app, id, now: clock.now() });
    return await look();
  };

  const conditionsOf = async (title: string) => (await admin.trigger(title)).conditions.all;

  it('get the condition that spares tickets of ours, where they are active and mail the requester', async () => {
    const before = await admin.triggers();
    const { steps } = await look();
    expect(steps).toEqual([
      'create the webhook',
      "read the webhook's signing secret",
      'create the trigger',
      ...STOCK.map((title) => `add condition to trigger '${title}'`),
    ]);
    for (const { title, conditions } of before)
      expect(await conditionsOf(title)).toEqual([...conditions.all, ...(STOCK.includes(title) ? [SPARED] : [])]);
  });

  it('are left alone once they are as wanted', async () => {
    await look();
    const { steps, notices } = await look();
    expect([steps, notices]).toEqual([[], []]);
  });

  it('keep everything else to the letter, also what we know nothing of', async () => {
    const odd = await admin.createTrigger({
      title: 'Odd',
      conditions: {
        all: [
          { field: 'update_type', value: 'Change', is_user_value: null },
          { field: 'via_id', operator: 'includes', value: [4, '0', 48] },
          { field: 'brand_id', operator: 'is', value: 17 },
        ],
        any: [{ field: 'priority', operator: 'is', value: 'high', note: { nested: [1, 2.5, true] } }],
      },
      actions: [
        {
          field: 'notification_user',
          value: ['requester_and_ccs', 'Größe {{ticket.title}}', 'Line 1\r\nLine 2\t"quoted"'],
          x: 1,
        },
        { field: 'side_conversation', value: ['a', null, 3], later: false },
      ],
    });
    await look();
    const patched = await admin.trigger('Odd');
    expect(patched.conditions).toEqual({ ...odd.conditions, all: [...odd.conditions.all, SPARED] });
    expect(patched.actions).toEqual(odd.actions);
    await leave();
    expect(meaning(await admin.trigger('Odd'))).toEqual(meaning(odd));
  });

  it('lose just that condition when the last one leaves, and keep what was edited meanwhile', async () => {
    await look();
    const title = STOCK[2] ?? '';
    const own = { field: 'priority', operator: 'is', value: 'high' };
    await admin.changeTrigger(title, ({ conditions, actions }) => ({
      conditions: { all: [own, ...conditions.all], any: conditions.any },
      actions: [...actions, { field: 'priority', value: 'low' }],
    }));
    const edited = await admin.trigger(title);
    const { steps } = await leave();
    expect(steps).toEqual([
      'delete our trigger',
      'delete the webhook',
      ...STOCK.map((stock) => `remove our condition from trigger '${stock}'`),
    ]);
    const left = await admin.trigger(title);
    expect(left.conditions.all).toEqual(edited.conditions.all.filter((one) => JSON.stringify(one) !== JSON.stringify(SPARED)));
    expect(left.actions).toEqual(edited.actions);
    expect(await admin.webhooks()).toEqual([]);
  });

  it('keep a condition of their own that does the same', async () => {
    const theirs = { field: 'current_tags', operator: 'not_includes', value: 'vip smooch' };
    const exactly = await admin.createTrigger(mailing('Exactly', { conditions: { all: [SPARED], any: [] } }));
    const list = await admin.createTrigger(mailing('List', { conditions: { all: [theirs], any: [] } }));
    const { steps } = await look();
    expect(steps.filter((step) => /Exactly|List/.test(step))).toEqual([]);
    const { notices } = await leave();
    expect(meaning(await admin.trigger('Exactly'))).toEqual(meaning(exactly));
    expect(meaning(await admin.trigger('List'))).toEqual(meaning(list));
    expect(notices).toEqual([expect.stringMatching(/'Exactly' has the condition .* which we did not add: it stays/)]);
  });

  it('are not spared by a condition among those of which any will do', async () => {
    const other = { field: 'priority', operator: 'is', value: 'high' };
    await admin.createTrigger(mailing('Any', { conditions: { all: [other], any: [SPARED, other] } }));
    await look();
    expect(await conditionsOf('Any')).toEqual([other, SPARED]);
  });

  it('are forgotten when they are deleted', async () => {
    await look();
    await admin.deleteTrigger(STOCK[0] ?? '');
    const { steps } = await leave();
    expect(steps).not.toContain(`remove our condition from trigger '${STOCK[0]}'`);
  });

  it('are forgotten when our condition was edited, and the edit stays', async () => {
    await look();
    const title = STOCK[1] ?? '';
    const edited = { ...SPARED, value: 'smooch vip' };
    await admin.changeTrigger(title, ({ conditions: { all, any }, actions }) => ({
      conditions: { all: [...all.slice(0, -1), edited], any },
      actions,
    }));
    expect((await look()).steps).toEqual([]);
    await leave();
    expect((await conditionsOf(title)).at(-1)).toEqual(edited);
  });

  it('that are made or copied later are found by the next look', async () => {
    await look();
    await admin.createTrigger(mailing('Made later'));
    expect((await look()).steps).toEqual(["add condition to trigger 'Made later'"]);
    await admin.changeTrigger('Made later', ({ conditions, actions }) => ({
      conditions: { ...conditions, all: conditions.all.slice(0, 1) },
      actions,
    }));
    expect((await look()).steps).toEqual(["add condition to trigger 'Made later'"]);
    await leave();
    expect(await conditionsOf('Made later')).toHaveLength(1);
  });

  it('that are inactive stay as they are and are reported, until somebody activates them', async () => {
    await admin.createTrigger(mailing('Asleep', { active: false }));
    const { notices } = await look();
    expect(notices).toEqual([expect.stringMatching(/^Trigger 'Asleep' mails the requester\. It is inactive\. When somebody/)]);
    expect(await conditionsOf('Asleep')).toHaveLength(1);
    await admin.changeTrigger('Asleep', () => ({ active: true }));
    const after = await look();
    expect([after.steps, after.notices]).toEqual([["add condition to trigger 'Asleep'"], []]);
  });

  it('that belong to an app are not touched, and it is said what to do', async () => {
    const { id } = await admin.createTrigger(mailing('Of an app'));
    await at().world.zendesk.setAppInstallation(id, { id: 7, settings: {} });
    const { notices } = await look();
    expect(notices).toEqual([expect.stringMatching(/'Of an app' .* belongs to an app .* To do it yourself, add 'Tags/)]);
    expect(await conditionsOf('Of an app')).toHaveLength(1);
  });

  it('that Zendesk does not let us change are reported, keep nobody from anything, and are tried again when saved', async () => {
    const { id } = await admin.createTrigger(mailing('Broken'));
    const refusal = {
      error: 'RecordInvalid',
      description: 'Record validation errors',
      details: { base: [{ description: 'A group is gone.' }] },
    };
    const path = `/triggers/${id}`;
    await at().world.zendesk.addFault({ kind: 'status', method: 'PUT', path, status: 422, body: refusal });
    const { notices } = await look();
    expect(notices).toEqual([
      expect.stringMatching(
        /'Broken' .*does not let us add the condition: .* \(Record validation errors: A group is gone\)\. Correct the/,
      ),
    ]);
    expect((await look()).steps).toEqual([]);
    at().world.clock.advance(60_000);
    await admin.changeTrigger('Broken', () => ({ description: 'corrected' }));
    const after = await look();
    expect([after.steps, after.notices]).toEqual([["add condition to trigger 'Broken'"], []]);
  });

  it('are changed again when somebody saved an older version in the same moment', async () => {
    await look();
    await admin.createTrigger(mailing('Contested'));
    const { world } = at();
    let puts = 0;
    const http: typeof world.ports.http = async (request, signal) => {
      const answer = await world.ports.http(request, signal);
      if (request.method === 'PUT') puts += 1;
      if (request.method === 'PUT' && puts === 1)
        await admin.changeTrigger('Contested', ({ conditions, actions }) => ({
          conditions: { ...conditions, all: conditions.all.slice(0, 1) },
          actions,
        }));
      return answer;
    };
    const contested = { ports: { ...world.ports, http } };
    await expect(install(contested, world.zendesk.subdomain)).rejects.toThrow(/'Contested' was edited by somebody else/);
    await install(contested, world.zendesk.subdomain);
    expect(await conditionsOf('Contested')).toEqual([expect.anything(), SPARED]);
    await leave();
    expect(await conditionsOf('Contested')).toHaveLength(1);
  });
});
