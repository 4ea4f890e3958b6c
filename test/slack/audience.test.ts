import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RawRequest } from '../../activities/inbound.ts';
import { readMessages } from '../../src/db/messages.ts';
import type { ConversationId } from '../../src/domain/ids.ts';
import { anApi, aUser } from '../api/support/an-api.ts';
import { connectAccount, openThread } from '../api/support/connected-account.ts';
import { SIGNING_SECRET, signed, typed } from './support/signed.ts';

/** Two workspaces whose channels have the same ids: only together with its workspace does one belong to somebody. */
const TEAMS = ['T1', 'T2'] as const;
const CHANNELS = ['C1', 'C2'] as const;

const words = fc.record({ kind: fc.constant('command'), text: fc.constantFrom('Hello', 'One <@U9>', 'Bye') });
const what = fc.oneof(
  { arbitrary: words, weight: 4 },
  fc.record({ kind: fc.constant('command'), text: fc.constantFrom('!profile', '!help', '', '!oops') }),
  fc.record({ kind: fc.constant('talk'), text: fc.constantFrom('Hello', '/sk Hello', '<@UBOT> /sk Hello') }),
  fc.record({ kind: fc.constant('button'), text: fc.constantFrom('Hello', '/sk Hello') }),
);
const request = fc.record({
  team: fc.constantFrom(...TEAMS, ...TEAMS, 'T9'),
  channel: fc.constantFrom(...CHANNELS, ...CHANNELS, 'C9', 'D1'),
  user: fc.constantFrom('U7', 'U9', 'UBOT'),
  /** Slack sends what was not answered in time once more, under the same one. */
  trigger: fc.nat({ max: 3 }),
  what,
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

describe('of all that Slack sends to us', () => {
  const api = anApi({ operator: { signingSecret: SIGNING_SECRET, command: '/sk' } });
  const people = new Map<string, ConversationId>();
  beforeAll(async () => {
    for (const key of TEAMS) {
      const account = await connectAccount(api(), { key, system: 'slack', signingSecret: SIGNING_SECRET });
      for (const remoteId of CHANNELS) {
        const user = await aUser(api.send);
        people.set(`${key} ${remoteId}`, await openThread(api(), account, { user, remoteId }));
      }
    }
  });

  it('commands alone reach a person, once, and the one whose channel it is in that workspace', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 20, size: 'max' }), async (requests) => {
        run += 1;
        const before = await received();
        for (const one of requests) expect(await send(rawOf(one, `run ${run}`))).toBe(200);
        const since = new Map([...(await received())].map(([who, texts]) => [who, texts.slice(before.get(who)?.length)]));
        expect(since).toEqual(expected(requests));
      }),
      { numRuns: 40 },
    );
  });

  async function send({ headers, body }: RawRequest): Promise<number> {
    const answered = await fetch(`${api().url}/hooks/slack`, { method: 'POST', headers, body: Buffer.from(body) });
    return answered.status;
  }

  /** What each person got so far. */
  async function received(): Promise<ReadonlyMap<string, readonly (string | undefined)[]>> {
    const all = new Map<string, readonly (string | undefined)[]>();
    for (const [who, conversation] of people) {
      const messages = await readMessages(api().db, conversation, { kind: 'newest' }, 10_000);
      all.set(
        who,
        messages.map(({ content }) => content.text),
      );
    }
    return all;
  }

  function rawOf({ team, channel, user, trigger, what: { kind, text } }: Request, run: string): RawRequest {
    const now = api().clock.now();
    const trigger_id = `${run} ${trigger}`;
    if (kind === 'command') return typed(text, now, { team_id: team, channel_id: channel, user_id: user, trigger_id });
    const message = { type: 'message', channel, user, text, ts: '1.000001' };
    if (kind === 'talk') {
      const event = { type: 'event_callback', team_id: team, event_id: trigger_id, event: message };
      return signed(JSON.stringify(event), now);
    }
    const pressed = {
      type: 'block_actions',
      team: { id: team },
      channel: { id: channel },
      user: { id: user },
      trigger_id,
      message,
    };
    const form = new URLSearchParams({ payload: JSON.stringify(pressed) }).toString();
    return signed(form, now, 'application/x-www-form-urlencoded');
  }

  /** A command counts once in its workspace, by its trigger. */
  function expected(requests: readonly Request[]): ReadonlyMap<string, readonly string[]> {
    const wanted = new Map<string, string[]>([...people.keys()].map((who) => [who, []]));
    const seen = new Set<string>();
    for (const { team, channel, trigger, what: said } of requests) {
      const isForThePerson = said.kind === 'command' && said.text !== '' && !said.text.startsWith('!');
      const texts = wanted.get(`${team} ${channel}`);
      if (!isForThePerson || texts === undefined || seen.has(`${team} ${trigger}`)) continue;
      seen.add(`${team} ${trigger}`);
      texts.push(said.text.replace('<@U9>', '@someone'));
    }
    return wanted;
  }
});
