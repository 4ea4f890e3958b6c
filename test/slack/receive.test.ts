import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hook, Inbound } from '../../activities/inbound.ts';
import { payloadOf } from '../../activities/slack/payload.ts';
import { answer, identify, read, receive } from '../../activities/slack/receive.ts';
import { aUser } from './support/contexts.ts';
import { SIGNING_SECRET, signed, typed } from './support/signed.ts';

const NOW = 1_774_000_000_000;
const account = {
  key: 'T1',
  data: { botUserId: 'UBOT', 'agent U7': { name: 'Ben Bird', avatar: 'https://x.test/b.png', at: 0 } },
};
const hook: Hook = { account, secrets: {}, operator: { signingSecret: SIGNING_SECRET }, now: NOW };
const thread = { appName: 'Demo', conversation: 'c', appUser: aUser };

const event = (body: object): ReturnType<typeof signed> =>
  signed(JSON.stringify({ type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event: body }), NOW);

describe('a command of Slack', () => {
  it('that begins with words is a reply to the person of the channel, under the agent’s name', () => {
    const [reply, ...rest] = receive(typed('We are <https://x.test|on it>! :tada:', NOW), hook);
    expect(reply).toMatchObject({
      kind: 'reply',
      thread: 'C1',
      key: 'command 13345224609.738474920.8088930838d88f008e0',
      content: { type: 'text', text: 'We are on it (https://x.test)! 🎉' },
      author: { name: 'Ben Bird', avatarUrl: 'https://x.test/b.png' },
      isCommand: true,
    });
    expect(rest).toEqual([]);
  });

  it('of a member who is not known yet bears the user name, and has the member asked for', () => {
    const [notice, reply] = receive(typed('Hello', NOW, { user_id: 'U9' }), hook);
    expect(reply).toMatchObject({ kind: 'reply', author: { name: 'ben' } });
    expect(notice).toEqual({ kind: 'notice', key: expect.stringMatching(/^met by /), thread: 'C1' });
  });

  it.each(['', '   ', '!help', '!HELP me', '!unheardof words', '!Profile', '!über', '!профиль', '!帮助'])(
    'reaches nobody when it is "%s"',
    (text) => {
      expect(receive(typed(text, NOW), hook).filter(({ kind }) => kind === 'reply')).toEqual([]);
    },
  );

  it.each(['![](https://x.test/a.png)', '! wow', '!!!', '/sk', 'help'])('reaches the person when it is "%s"', (text) => {
    expect(receive(typed(text, NOW), hook)[0]?.kind).toBe('reply');
  });

  it.each([
    ['words', 'Hello', true, ''],
    ['words where no person is', 'Hello', false, 'isn’t linked to a user'],
    ['nothing', '', true, '`/sk your words` sends them'],
    ['words where another channel took over', 'Elsewhere', true, 'goes on in another one'],
    ['!help', '!help', false, '`/sk your words` sends them'],
    ['!profile', '!profile', true, '*E-mail*: ann@example.com'],
    ['!profile where no person is', '!profile', false, 'isn’t linked to a user'],
    ['a word that nobody knows', '!propfile', true, 'There is no `/sk !propfile`. Nothing was sent.'],
  ])('with %s is answered at once', (_what, text, isLinked, words) => {
    const raw = typed(text, NOW);
    const { status, body } = answer(raw, [], {
      isConnected: true,
      ...(isLinked ? { thread, accepted: { isElsewhere: text === 'Elsewhere' } } : {}),
    });
    expect(status).toBe(200);
    if (words === '') expect(body).toBe('');
    else expect(JSON.parse(body ?? '')).toMatchObject({ response_type: 'ephemeral', text: expect.stringContaining(words) });
  });

  it('from a workspace that is not connected is told so', () => {
    const raw = typed('Hello', NOW);
    expect(receive(raw, { ...hook, account: undefined })).toEqual([{ kind: 'ignored', reason: expect.any(String) }]);
    expect(answer(raw, [], { isConnected: false }).body).toContain('not connected');
  });
});

describe('of all commands', () => {
  it('words alone reach a person, and the person of the very channel in which they were typed', () => {
    const word = fc.constantFrom(
      '!profile',
      '!help',
      '!PROFILE',
      '!unheardof',
      '!',
      '! wow',
      '<#C2|sk-bob-k3f7>',
      '<@U9>',
      '/sk',
    );
    const text = fc.array(fc.oneof(word, fc.string({ unit: 'grapheme' })), { maxLength: 4 }).map((parts) => parts.join(' '));
    const channel = fc.constantFrom('C1', 'C2', 'D1', 'G1');
    fc.assert(
      fc.property(text, channel, fc.constantFrom('U7', 'U9'), (words, channel_id, user_id) => {
        const inbound = receive(typed(words, NOW, { channel_id, user_id }), hook);
        const replies = inbound.filter(({ kind }) => kind === 'reply');
        const isForThePerson = words.trim() !== '' && !/^!\w/.test(words.trim());
        expect(replies).toMatchObject(isForThePerson ? [{ thread: channel_id, isCommand: true }] : []);
        const channels = inbound.flatMap((one) => ('thread' in one ? [one.thread] : []));
        expect(channels.filter((one) => one !== channel_id)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what else Slack sends', () => {
  it('is for the workspace that stands in the body', () => {
    expect(identify(typed('x', NOW, { team_id: 'T2' }))).toBe('T2');
    expect(identify(event({ type: 'app_uninstalled' }))).toBe('T1');
    expect(identify(signed('not JSON', NOW))).toBeUndefined();
  });

  it('is answered with its challenge when it asks whether we are there', () => {
    const raw = signed(JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB', token: 'x' }), NOW);
    // It names no workspace, so the secret of a workspace's own Slack app is not at hand.
    expect(receive(raw, { ...hook, account: undefined, operator: {} })).toMatchObject([{ kind: 'ignored' }]);
    expect(answer(raw, [], { isConnected: false })).toMatchObject({ status: 200, body: '3eZbrw1aB' });
  });

  it.each([
    [{ type: 'app_uninstalled' }, 'revoked'],
    [{ type: 'tokens_revoked', tokens: { bot: ['UBOT'], oauth: [] } }, 'revoked'],
    [{ type: 'tokens_revoked', tokens: { oauth: ['U7'] } }, 'ignored'],
    [{ type: 'member_joined_channel', channel: 'C1', user: 'U9' }, 'notice'],
    [{ type: 'member_joined_channel', channel: 'C1', user: 'U7' }, 'ignored'],
    [{ type: 'member_joined_channel', channel: 'C1', user: 'UBOT' }, 'ignored'],
    [{ type: 'user_change', user: { id: 'U7' } }, 'notice'],
    [{ type: 'user_change', user: { id: 'U9' } }, 'ignored'],
    [{ type: 'channel_archive', channel: 'C1', user: 'U7' }, 'ignored'],
  ])('%j is %s', (body, kind) => {
    expect(receive(event(body), hook).map((inbound) => inbound.kind)).toEqual([kind]);
  });
});

/** Every kind of event that Slack documents for messages, and anything else. */
const EVENTS = [
  'message',
  'message.channels',
  'message.groups',
  'message.im',
  'message.mpim',
  'app_mention',
  'app_home_opened',
  'assistant_thread_started',
  'file_shared',
  'reaction_added',
  'link_shared',
  'pin_added',
  'channel_rename',
  'member_joined_channel',
  'user_change',
  'app_uninstalled',
  'tokens_revoked',
  'url_verification',
];
const SUBTYPES = [
  'bot_message',
  'file_share',
  'thread_broadcast',
  'me_message',
  'message_changed',
  'channel_topic',
  'reply_broadcast',
];

describe('ordinary talk in a channel', () => {
  it('never reaches the app user, whatever kind of event it comes as and whatever it says', () => {
    const words = fc.oneof(fc.string(), fc.constantFrom('/sk hello', '<@UBOT> /sk hello', '!help', 'command=/sk&text=hello'));
    const talk = fc.record(
      {
        type: fc.oneof(fc.constantFrom(...EVENTS), fc.string()),
        subtype: fc.constantFrom(...SUBTYPES),
        channel: fc.constantFrom('C1', 'C2', 'D1'),
        user: fc.oneof(fc.constantFrom('U7', 'U9', 'UBOT'), fc.record({ id: fc.string() })),
        text: words,
        command: words,
        thread_ts: fc.string(),
        bot_id: fc.string(),
        trigger_id: fc.string(),
        blocks: fc.array(fc.json()),
        message: fc.record({ text: words, user: fc.constant('U7') }),
      },
      { requiredKeys: ['type', 'text'] },
    );
    const outer = fc.record(
      {
        type: fc.constantFrom('event_callback', 'interactive', 'block_actions', 'view_submission', 'shortcut'),
        extra: fc.json(),
      },
      { requiredKeys: ['type'] },
    );
    fc.assert(
      fc.property(talk, outer, fc.boolean(), (said, envelope, isForm) => {
        const body = {
          ...envelope,
          team_id: 'T1',
          event_id: 'Ev1',
          event: said,
          text: said.text,
          channel_id: said.channel,
          user_id: 'U7',
        };
        const raw = isForm
          ? signed(new URLSearchParams({ payload: JSON.stringify(body) }).toString(), NOW, 'application/x-www-form-urlencoded')
          : signed(JSON.stringify(body), NOW);
        const kinds: Inbound['kind'][] = receive(raw, hook).map(({ kind }) => kind);
        expect(kinds).not.toContain('reply');
      }),
      { numRuns: 500 },
    );
  });

  it('is not what a command is: only that has a command, a trigger and a channel, and no event around it', () => {
    const [reply] = read(payloadOf(typed('hello', NOW)), account);
    expect(reply?.kind).toBe('reply');
    const wrapped = event({
      ...Object.fromEntries(new URLSearchParams(Buffer.from(typed('hello', NOW).body).toString())),
      type: 'message',
    });
    expect(read(payloadOf(wrapped), account).map(({ kind }) => kind)).toEqual(['ignored']);
  });
});
