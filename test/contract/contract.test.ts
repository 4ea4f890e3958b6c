import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { collect } from '../../activities/collect.ts';
import { SignatureInvalid } from '../../activities/system-error.ts';
import { systems } from '../../activities/systems.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { dyingPorts } from '../engine/support/dying-ports.ts';
import { attemptOf, createConversation, deliveriesOf, runRound, say, settle } from '../engine/support/world.ts';
import type { Stand, StandFactory } from './stand.ts';

/** Every registered system has a stand, or is not done. */
const factories = await Promise.all(systems.map(({ name }) => standOf(name)));

async function standOf(name: string): Promise<StandFactory> {
  const module: unknown = await import(`./stands/${name}.ts`);
  if (!hasStand(module)) throw new Error(`test/contract/stands/${name}.ts exports no stand`);
  return module.stand;
}

function hasStand(module: unknown): module is { readonly stand: StandFactory } {
  return typeof module === 'object' && module !== null && 'stand' in module;
}

const HOSTILE = [
  '<script>alert(1)</script> <b>bold</b> &amp; &lt;',
  '{{ticket.id}} {{current_user.email}} {% for x in y %} {{{x}}}',
  '*bold* _it_ ~x~ `code` # head [a](http://evil.example) ![](http://evil.example/x.png)',
  '<!channel> <@U123> @here <https://evil.example|bank.example>',
  'line one\u2028line two \u202eright to left\u202c \u0000nul',
  '%[Button](http://evil.example) %((template:x))%',
];

describe.each(factories)('$system.name keeps the contract of a business system', ({ lacks, create, open, end, system }) => {
  let stand: Stand;
  beforeAll(async () => open?.());
  afterAll(async () => end?.());
  beforeEach(async () => {
    stand = await create();
  });
  afterEach(async () => {
    await stand.close();
  });

  const begin = async (): Promise<ConversationId> => createConversation(stand.world);
  const sayAll = async (conversation: ConversationId, ...texts: readonly string[]): Promise<void> => {
    for (const text of texts) await say(stand.world, conversation, text);
  };

  it('shows what was said once and in order', async () => {
    const conversation = await begin();
    await sayAll(conversation, 'one', 'two');
    await settle(stand.world);
    await sayAll(conversation, 'three');
    await settle(stand.world);
    expect(await stand.seen(conversation)).toEqual(['one', 'two', 'three']);
  });

  describe.each(['before', 'after'] as const)('killed %s any call of a round', (when) => {
    it.each([
      ['that opens', []],
      ['that goes on', ['earlier']],
    ])(
      '%s, it shows everything once and in order',
      async (_title, earlier) => {
        // Before a call and after the one before it are the same to everybody else: every second one, in both ways, is every moment.
        for (let n = 1; ; n += 2) {
          const conversation = await begin();
          for (const text of earlier) {
            await sayAll(conversation, text);
            await settle(stand.world);
          }
          await sayAll(conversation, 'one', 'two');
          const dying = dyingPorts(stand.world.ports, n, when);
          await runRound(stand.world, { conversation, system: system.name, ...stand.connection }, (attempt) =>
            attempt === 1 ? dying.ports : stand.world.ports,
          );
          await settle(stand.world);
          expect(await stand.seen(conversation), `killed ${when} call ${n}, ${dying.calls.at(-1)}`).toEqual([
            ...earlier,
            'one',
            'two',
          ]);
          if (!dying.hasDied()) {
            expect(n).toBeGreaterThan(5);
            return;
          }
        }
      },
      120_000,
    );
  });

  it('shows a write once whose answer was lost', async () => {
    const conversation = await begin();
    const fault = await stand.fault.lostAnswer();
    await sayAll(conversation, 'one');
    await settle(stand.world);
    expect(await fault.fired()).toBe(1);
    expect(await stand.seen(conversation)).toEqual(['one']);
  });

  it('sleeps for as long as the system says, and then sends all that waits together', async () => {
    const conversation = await begin();
    const fault = await stand.fault.rateLimit(360);
    const began = stand.world.clock.now();
    await sayAll(conversation, 'one');
    await settle(stand.world, { forMs: 120_000 });
    expect(await stand.seen(conversation)).toEqual([]);
    await sayAll(conversation, 'two', 'three');
    await settle(stand.world);
    expect(await fault.fired()).toBe(1);
    expect(await stand.seen(conversation)).toEqual(['one', 'two', 'three']);
    const batches = await stand.world.db
      .selectFrom('batches')
      .select(['opened_at', 'seqs'])
      .where('conversation_id', '=', conversation)
      .execute();
    const last = batches.find(({ seqs }) => seqs.length === 3);
    expect((last?.opened_at ?? 0) - began).toBeGreaterThanOrEqual(360_000);
  });

  it('goes on after errors of the server', async () => {
    const conversation = await begin();
    const fault = await stand.fault.serverError(7);
    await sayAll(conversation, 'one');
    await settle(stand.world);
    expect(await fault.fired()).toBe(7);
    expect(await stand.seen(conversation)).toEqual(['one']);
  });

  it('leaves out the one message that it refuses in every form, and goes on', async () => {
    const conversation = await begin();
    const fault = await stand.fault.refuseContent?.(1 + system.facts.fallbacks.length);
    await sayAll(conversation, 'refused');
    await settle(stand.world);
    await sayAll(conversation, 'taken');
    await settle(stand.world);
    expect(await fault?.fired()).toBe(1 + system.facts.fallbacks.length);
    expect(await stand.seen(conversation)).toEqual(['taken']);
    expect((await deliveriesOf(stand.world, conversation)).map(({ state }) => state)).toEqual(['parked', 'delivered']);
  });

  it('parks what it has when access is revoked, and delivers it after the repair', async ({ skip }) => {
    if (stand.access === undefined) return skip(lacks.access);
    const conversation = await begin();
    await stand.access.revoke();
    await sayAll(conversation, 'one', 'two');
    await settle(stand.world, { forMs: 3_600_000 });
    expect(await stand.seen(conversation)).toEqual([]);
    const parked = await stand.world.db
      .selectFrom('destinations')
      .select('parked_reason')
      .where('id', '=', stand.connection.destination)
      .executeTakeFirst();
    expect(parked?.parked_reason).toContain('Connect the account again');
    await stand.access.repair();
    await settle(stand.world);
    expect(await stand.seen(conversation)).toEqual(['one', 'two']);
  });

  it('opens a thread anew when it was deleted', async ({ skip }) => {
    if (stand.threads === undefined) return skip(lacks.threads);
    const conversation = await begin();
    await sayAll(conversation, 'one');
    await settle(stand.world);
    await stand.threads.remove(conversation);
    await sayAll(conversation, 'two');
    await settle(stand.world);
    expect(await stand.seen(conversation)).toEqual(['two']);
    expect(await stand.threads.count(conversation)).toBe(1);
  });

  it('brings back what an agent answers, once, and nothing else', async ({ skip }) => {
    if (stand.threads === undefined) return skip(lacks.threads);
    const conversation = await begin();
    await sayAll(conversation, 'one');
    await settle(stand.world);
    await stand.threads.note(conversation, 'between us');
    await stand.threads.reply(conversation, 'an answer');
    await settle(stand.world);
    await sayAll(conversation, 'two');
    await say(stand.world, conversation, 'from elsewhere', 'appMaker');
    await settle(stand.world);
    await stand.threads.reply(conversation, 'another answer');
    await settle(stand.world);
    expect(await said(conversation)).toEqual(['one', 'an answer', 'two', 'from elsewhere', 'another answer']);
  });

  it('finds a reply of which no webhook told, and takes it once', async ({ skip }) => {
    if (stand.threads === undefined || system.changed === undefined) return skip(lacks.threads ?? lacks.changed);
    const conversation = await begin();
    await sayAll(conversation, 'one');
    await settle(stand.world);
    await stand.threads.reply(conversation, 'an answer');
    const threads = await stand.world.db.selectFrom('threads').select('id').where('conversation_id', '=', conversation).execute();
    for (const { id } of [...threads, ...threads])
      await collect(stand.world.ports, system, { conversation, thread: id }, attemptOf(1));
    await settle(stand.world);
    expect(await said(conversation)).toEqual(['one', 'an answer']);
  });

  it('relays nothing from a thread that talks to another person, and opens a new one', async ({ skip }) => {
    if (stand.threads?.divert === undefined) return skip(lacks.threads ?? lacks.divert);
    const conversation = await begin();
    await sayAll(conversation, 'one');
    await settle(stand.world);
    await stand.threads.divert(conversation);
    await stand.threads.reply(conversation, 'for somebody else');
    await settle(stand.world);
    await sayAll(conversation, 'two');
    await settle(stand.world);
    expect(await said(conversation)).toEqual(['one', 'two']);
    expect(await stand.threads.count(conversation)).toBe(2);
  });

  it('takes agents’ first words along when the app user opens the thread', async ({ skip }) => {
    if (stand.threads === undefined) return skip(lacks.threads);
    const conversation = await begin();
    await say(stand.world, conversation, 'welcome', 'appMaker');
    await settle(stand.world, { forMs: 600_000 });
    expect(await stand.threads.count(conversation)).toBe(0);
    await sayAll(conversation, 'one');
    await settle(stand.world);
    expect(await stand.seen(conversation)).toEqual(['one']);
    expect((await deliveriesOf(stand.world, conversation)).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  });

  it('believes a signature of now, and neither a stale one, nor one of the future, nor one for another body', async ({
    skip,
  }) => {
    const { signed, world } = stand;
    if (signed === undefined) return skip(lacks.signatures);
    const account = await world.ports.accounts.find(system.name, await accountKey());
    if (account === undefined) throw new Error('no account');
    const operator = world.ports.settings.operator(system.name);
    const hook = { account, secrets: account.secrets, operator, now: world.clock.now() };
    const good = await signed(world.clock.now());
    expect(system.receive(good, hook)).toHaveLength(1);
    const body = Uint8Array.from(good.body, (byte, index) => (index === 10 ? byte ^ 1 : byte));
    const day = 24 * 3_600_000;
    expect(() => system.receive({ ...good, body }, hook)).toThrow(SignatureInvalid);
    expect(() => system.receive(good, { ...hook, now: hook.now + day })).toThrow(SignatureInvalid);
    expect(() => system.receive(good, { ...hook, now: hook.now - day })).toThrow(SignatureInvalid);
    expect(() => system.receive({ ...good, headers: {} }, hook)).toThrow(SignatureInvalid);
    expect(() => system.receive(good, { ...hook, secrets: {}, operator: {} })).toThrow(SignatureInvalid);
  });

  it.each(HOSTILE)('shows hostile text as it was typed: %s', async (text) => {
    const conversation = await begin();
    const typed = text.replaceAll('\u0000', '');
    await sayAll(conversation, typed);
    await settle(stand.world);
    expect(await stand.seen(conversation)).toEqual([stand.literal?.(typed) ?? typed]);
  });

  const accountKey = async (): Promise<string> =>
    (
      await stand.world.db
        .selectFrom('accounts')
        .select('key')
        .where('id', '=', stand.connection.account)
        .executeTakeFirstOrThrow()
    ).key;

  const said = async (conversation: ConversationId): Promise<readonly (string | undefined)[]> => {
    const rows = await stand.world.db
      .selectFrom('messages')
      .select('content')
      .where('conversation_id', '=', conversation)
      .orderBy('seq')
      .execute();
    return rows.map(({ content }) => content.text?.split('\n\n--')[0]);
  };
});
