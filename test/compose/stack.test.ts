import { afterAll, describe, expect, it } from 'vitest';
import { freshCheckout, makeEnv, ownName } from './support/checkout.ts';
import { readDemo } from './support/demo.ts';
import type { Demo } from './support/demo.ts';
import { openDesk } from './support/desk.ts';
import type { Desk } from './support/desk.ts';
import { withEngine } from './support/engine.ts';
import { aSpeaker, talk } from './support/speaker.ts';
import type { Speaker } from './support/speaker.ts';
import { openStack } from './support/stack.ts';
import type { Container, Service, Stack } from './support/stack.ts';

const IMAGE = ownName('image');
const LASTING: readonly Service[] = ['api', 'worker', 'sandbox', 'temporal', 'temporal-ui', 'postgres'];
/** So slow that, with several conversations, something is always on its way. */
const SLOW_MS = 3_000;

const MANY = 100_000;
/** Nothing that gets into the way of who says much at once, and nothing below what agents say. */
const PLAIN = {
  signatures: false,
  ticketUpdateLimit: MANY,
  requestsPerMinute: MANY,
  ticketUpdatesPerMinute: MANY,
  userWritesPerSecond: MANY,
  userWritesPerUserAndMinute: MANY,
};

const soon = { timeout: 60_000, interval: 500 };
/** A vendor that was killed while it was asked leaves an outcome open, which is looked into after a minute at the earliest. */
const late = { timeout: 300_000, interval: 2_000 };

describe('docker compose up, with the sandbox', () => {
  const setUp = withEngine();
  let stack: Stack;
  let demo: Demo;
  let desk: Desk;
  let apis: readonly string[] = [];

  setUp(async () => {
    const directory = await freshCheckout();
    await makeEnv(directory, ['--sandbox'], {});
    stack = await openStack({ name: ownName('stack'), directory, image: IMAGE });
    await stack.compose('build');
    const began = performance.now();
    await stack.compose('up', '--detach', '--wait', ...LASTING);
    console.log(`healthy after ${Math.round((performance.now() - began) / 1_000)} s`);
    demo = await readDemo(stack);
    desk = openDesk(demo);
    await desk.set(PLAIN);
    apis = [await stack.address('api', 3000)];
  });
  afterAll(() => stack?.down());

  it('is well in every part', async () => {
    const containers = await stack.containers();
    for (const service of LASTING) expect(of(containers, service).map(stateOf), service).toEqual([wellStateOf(service)]);
  });

  it('publishes nothing beyond this machine', async () => {
    const published = (await stack.containers()).flatMap(({ Publishers }) => Publishers ?? []);
    const open = published.filter(({ PublishedPort }) => PublishedPort !== 0);
    expect(open.length).toBeGreaterThan(0);
    expect(open.filter(({ URL }) => URL !== '127.0.0.1')).toEqual([]);
  });

  it('runs without rights, and without the passwords of others', async () => {
    expect((await stack.compose('exec', '-T', 'worker', 'id', '-u')).trim()).toBe('1000');
    await expect(stack.compose('exec', '-T', 'api', 'touch', '/app/x')).rejects.toThrow('Read-only file system');
    const env = await stack.compose('exec', '-T', 'api', 'env');
    expect(env).toMatch(/^POSTGRES_PASSWORD=$/m);
    expect(env).toMatch(/^TEMPORAL_DATABASE_PASSWORD=$/m);
  });

  it('has one prebuilt bundle of workflows, and of Temporal one core', async () => {
    const releases = 'node_modules/@temporalio/core-bridge/releases';
    const files = await stack.compose('exec', '-T', 'worker', 'ls', '.', 'node_modules', releases);
    expect(files).toContain('workflow-bundle.js\n');
    expect(files).not.toMatch(/^(node-linux|node-bin|vitest|typescript)/m);
    expect(files.split(`${releases}:\n`)[1]?.trim().split('\n')).toHaveLength(1);
  });

  it('carries a conversation to the sandbox and back', async () => {
    const ann = await speaker('ann');
    await ann.say('Hello, where is my order?');
    await expect.poll(async () => (await desk.said())[ann.conversation], soon).toEqual(['Hello, where is my order?']);
    await desk.answer(ann.conversation, 'We are on it!');
    await expect.poll(async () => (await ann.read()).answers, soon).toEqual(['We are on it!']);
  });

  describe('scaled to three workers and two APIs', () => {
    const speakers: Speaker[] = [];
    let slowWrites: () => Promise<number>;

    it('is well in every part', async () => {
      await stack.compose(
        'up',
        '--detach',
        '--wait',
        '--no-recreate',
        '--scale',
        'worker=3',
        '--scale',
        'api=2',
        'worker',
        'api',
      );
      const containers = await stack.containers();
      expect([of(containers, 'worker').map(stateOf), of(containers, 'api').map(stateOf)]).toEqual([
        Array(3).fill('running healthy'),
        Array(2).fill('running healthy'),
      ]);
      await findApis();
      expect(new Set(apis).size).toBe(2);
    });

    it('has a vendor that takes its time', async () => {
      slowWrites = await desk.slowDown(SLOW_MS);
      expect(await slowWrites()).toBe(0);
    });

    it.each(['worker', 'api', 'temporal', 'postgres'] as const)('comes back when its %s is killed', async (service) => {
      const talking = await Promise.all(Array.from({ length: 4 }, (_, index) => speaker(`${service}-${index}`)));
      speakers.push(...talking);
      const stopTalking = talk(talking);
      const [victim = expect.fail(`no ${service}`)] = of(await stack.containers(), service);
      const before = await restartsOf(stack);
      const kill = await stack.aimAt(victim);

      await expect.poll(sending, soon).toBeGreaterThan(0);
      await kill();
      await expect.poll(() => restartsOf(stack), soon).toEqual({ ...before, [victim.Name]: 1 });
      await expect.poll(async () => (await stack.containers()).filter(isUnwell), late).toEqual([]);
      await findApis();

      const saidThen = countOf(talking);
      await expect.poll(() => countOf(talking), soon).toBeGreaterThan(saidThen + 20);
      await stopTalking();
      expect(await restartsOf(stack)).toEqual({ ...before, [victim.Name]: 1 });
    });

    it('has brought everything to the sandbox: nothing lost, doubled or out of order', async () => {
      const expected = Object.fromEntries(speakers.map(({ conversation, said }) => [conversation, said]));
      expect(Object.keys(expected)).toHaveLength(16);
      expect(await slowWrites()).toBeGreaterThan(0);
      await expect.poll(async () => ofSpeakers(await desk.said()), late).toEqual(expected);
      // What has arrived is answered a moment later.
      await expect.poll(undelivered, late).toBe('0');
      for (const one of speakers) expect((await one.read()).own).toEqual(one.said);
    });

    it('takes the answers of agents back to where they belong', async () => {
      for (const { conversation } of speakers) await desk.answer(conversation, `an answer to ${conversation}`);
      for (const one of speakers)
        await expect.poll(async () => (await one.read()).answers, soon).toEqual([`an answer to ${one.conversation}`]);
    });

    const ofSpeakers = (said: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(speakers.map(({ conversation }) => [conversation, said[conversation]]));
  });

  const speaker = (userId: string): Promise<Speaker> => aSpeaker({ userId, authorization: demo.authorization, apis: () => apis });

  /** A published port of a range may be another one after a restart. */
  async function findApis(): Promise<void> {
    apis = await Promise.all([1, 2].map((index) => stack.address('api', 3000, index)));
  }

  const undelivered = () => stack.query(`select count(*) from deliveries where state <> 'delivered'`);

  const sending = async (): Promise<number> =>
    Number(await stack.query(`select count(distinct batch_id) from deliveries where state = 'sending'`));
});

const countOf = (speakers: readonly Speaker[]): number => speakers.reduce((sum, { said }) => sum + said.length, 0);

const of = (containers: readonly Container[], service: Service): readonly Container[] =>
  containers.filter(({ Service: name }) => name === service);

const stateOf = ({ State, Health }: Container): string => `${State} ${Health}`.trim();

/** How often each has been started again. */
async function restartsOf(stack: Stack): Promise<Readonly<Record<string, number>>> {
  const lasting = (await stack.containers()).filter(({ Service: name }) => LASTING.some((one) => one === name));
  const counts = await Promise.all(lasting.map(async (one) => [one.Name, await stack.restarts(one)] as const));
  return Object.fromEntries(counts);
}

/** The Web UI's image has nothing to check it with. */
const wellStateOf = (service: Service): string => (service === 'temporal-ui' ? 'running' : 'running healthy');

const isUnwell = (container: Container): boolean =>
  LASTING.some((service) => container.Service === service && stateOf(container) !== wellStateOf(service));
