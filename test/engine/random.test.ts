import { describe, expect, it } from 'vitest';
import { collect } from '../../activities/collect.ts';
import { deliver } from '../../activities/deliver.ts';
import type { Ports } from '../../activities/ports.ts';
import { zendesk } from '../../activities/zendesk/index.ts';
import { putGrant } from '../../src/db/accounts/grants.ts';
import { receiveInbound } from '../../src/db/inbound/receive.ts';
import { newId } from '../../src/db/new-id.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { aroundCalls, Killed } from './support/dying-ports.ts';
import { createRandom } from './support/random.ts';
import type { Random } from './support/random.ts';
import { troubledHttp } from './support/troubled-http.ts';
import { attemptOf, createConversation, say, settle } from './support/world.ts';
import { zendeskForEach } from './support/zendesk-for-each.ts';
import type { ZendeskWorld } from './support/zendesk-world.ts';

/** More, with another first seed: RANDOM_RUNS=500 RANDOM_SEED=1000. */
const RUNS = Number(process.env['RANDOM_RUNS'] ?? 40);
const FIRST_SEED = Number(process.env['RANDOM_SEED'] ?? 1);
const STEPS = 14;

describe('random schedules', () => {
  let world: ZendeskWorld;
  zendeskForEach(
    async (fresh) => {
      world = fresh;
      await world.zendesk.set({ signatures: false });
    },
    { install: false },
  );

  it.each(Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index))(
    'of kills, lost answers, late requests, limits, revocations and doubled notices show everything once and in order, seed %i',
    async (seed) => {
      const run = new Run(world, createRandom(seed), await createConversation(world));
      for (let step = 0; step < STEPS; step += 1) await run.step();
      await run.calm();
      await settle(world);
      const comments = await run.commentsOfTickets();
      const said = await world.db
        .selectFrom('messages')
        .select(['content', 'role', 'seq'])
        .where('conversation_id', '=', run.conversation)
        .orderBy('seq')
        .execute();
      const texts = (role: string): readonly (string | undefined)[] =>
        said.filter((message) => message.role === role).map(({ content }) => content.text);
      const trace = run.trace.join('\n');
      expect(
        comments.filter(({ by }) => by === 'Ann Lee').flatMap(({ text }) => text.split('\n\n')),
        trace,
      ).toEqual(texts('appUser'));
      expect(texts('appMaker'), trace).toEqual(comments.filter(({ by }) => by === 'Ben').map(({ text }) => text));
    },
    60_000,
  );
});

/** One conversation in trouble. Whatever runs may be interrupted at each of its calls by anything else, or be killed. */
class Run {
  readonly conversation: ConversationId;
  readonly trace: string[] = [];
  private readonly world: ZendeskWorld;
  private readonly random: Random;
  private readonly network;
  private depth = 0;
  private words = 0;
  private round = newId<ConversationId>();
  private isRevoked = false;
  private seen = 0;
  private isCalm = false;

  constructor(world: ZendeskWorld, random: Random, conversation: ConversationId) {
    this.world = world;
    this.random = random;
    this.conversation = conversation;
    this.network = troubledHttp(world.ports.http, world.clock, random, 0.2);
  }

  async step(): Promise<void> {
    const { random, world } = this;
    await this.network.late();
    const action = random.pick([
      'say',
      'say',
      'round',
      'round',
      'round',
      'same round',
      'collect',
      'reply',
      'notices',
      'notices',
      'wait',
      'wait',
      'revoke',
      'repair',
    ]);
    this.trace.push(`${' '.repeat(this.depth)}${action} @${world.clock.now() % 10_000_000}`);
    switch (action) {
      case 'say':
        return void (await say(world, this.conversation, `word ${(this.words += 1)}`));
      case 'round':
        this.round = newId<ConversationId>();
        return await this.deliver();
      case 'same round':
        return await this.deliver();
      case 'collect':
        return await this.collect();
      case 'reply':
        return await this.reply();
      case 'notices':
        return await this.notices();
      case 'wait':
        return world.clock.advance(random.pick([200, 3_000, 20_000, 60_000, 180_000]));
      case 'revoke':
        return await this.revoke();
      case 'repair':
        return await this.repair();
    }
  }

  /** No more trouble: what is late arrives, access is repaired, and somebody tells of all that was missed. */
  async calm(): Promise<void> {
    this.isCalm = true;
    this.world.clock.advance(20_000);
    await this.network.late();
    await this.repair();
    this.seen = 0;
    await settle(this.world);
    await this.notices();
    await this.world.db
      .updateTable('threads')
      .set((e) => ({ dirty: e('dirty', '+', 1), dirty_at: this.world.clock.now() }))
      .where('conversation_id', '=', this.conversation)
      .execute();
  }

  async commentsOfTickets() {
    const tickets = (await this.world.tickets()).filter(({ external_id }) => external_id?.includes(this.conversation));
    const ids = new Set(tickets.map(({ id }) => id));
    return (await this.world.comments()).filter(({ ticket }) => ids.has(ticket));
  }

  private async deliver(): Promise<void> {
    const input = { conversation: this.conversation, destination: this.world.connection.destination, round: this.round };
    await deliver(this.troubled(), zendesk, input, attemptOf(this.random.int(6))).catch((error: unknown) =>
      this.trace.push(`  failed: ${String(error)}`),
    );
  }

  private async collect(): Promise<void> {
    const threads = await this.world.db
      .selectFrom('threads')
      .select('id')
      .where('conversation_id', '=', this.conversation)
      .execute();
    for (const { id } of threads) {
      await collect(this.troubled(), zendesk, { conversation: this.conversation, thread: id }, attemptOf(1)).catch(
        () => undefined,
      );
    }
  }

  private async reply(): Promise<void> {
    const tickets = (await this.world.tickets()).filter(({ external_id }) => external_id?.includes(this.conversation));
    const ticket = tickets.at(-1)?.id;
    if (ticket !== undefined)
      await this.world.zendesk
        .act({ ticket, as: 'Ben', do: 'reply', text: `answer ${(this.words += 1)}` })
        .catch(() => undefined);
  }

  /** Tells of comments as Zendesk does: also of our own; doubled, out of order, and some not at all. */
  private async notices(): Promise<void> {
    const comments = (await this.commentsOfTickets()).slice(this.seen);
    this.seen += comments.length;
    for (const { id, ticket } of this.random.chance(0.3) ? comments.toReversed() : comments) {
      if (!this.isCalm && this.random.chance(0.2)) continue;
      const notice = {
        kind: 'notice',
        key: `${this.conversation} ${id}`,
        thread: String(ticket),
        remoteIds: [`comment ${id}`],
      } as const;
      const times = this.random.chance(0.3) ? 2 : 1;
      for (let time = 0; time < times; time += 1)
        await receiveInbound(this.world.db, this.world.connection.account, notice, { now: this.world.clock.now() });
    }
  }

  private async revoke(): Promise<void> {
    if (this.isRevoked || this.random.chance(0.5)) return;
    this.isRevoked = true;
    await this.regrant('revoked');
  }

  private async repair(): Promise<void> {
    if (!this.isRevoked) return;
    this.isRevoked = false;
    await this.regrant(await this.world.zendesk.adminToken());
    await this.world.db
      .updateTable('destinations')
      .set((e) => ({ generation: e('generation', '+', 1) }))
      .where('id', '=', this.world.connection.destination)
      .execute();
  }

  private regrant(accessToken: string): Promise<void> {
    return putGrant(
      this.world.db,
      this.world.vault,
      this.world.connection.account,
      { credentials: { accessToken } },
      this.world.clock.now(),
    );
  }

  /** Ports at each call of which this attempt may be killed, slowed down, or overtaken by something else. */
  private troubled(): Ports {
    let isDead = false;
    const trouble = async (): Promise<void> => {
      if (isDead) throw new Killed('dead');
      if (this.random.chance(0.04)) {
        isDead = true;
        this.trace.push(`${' '.repeat(this.depth)} killed`);
        throw new Killed('killed');
      }
      if (this.random.chance(0.05)) this.world.clock.advance(this.random.pick([1_000, 7_000]));
      if (this.depth < 3 && this.random.chance(0.06)) {
        this.depth += 1;
        await this.step().finally(() => (this.depth -= 1));
      }
    };
    return aroundCalls({ ...this.world.ports, http: this.network.http }, { before: trouble, after: trouble }).ports;
  }
}
