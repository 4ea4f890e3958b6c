import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlannedEffect } from '../../activities/batch.ts';
import { plan } from '../../activities/slack/plan.ts';
import { contactHash } from '../../activities/slack/profile.ts';
import { MAX_POST } from '../../activities/slack/text.ts';
import { aBatch, aContext, aMessage, aRoom, aUser } from './support/contexts.ts';

const kindsOf = (effects: readonly PlannedEffect[]) => effects.map(({ write }) => write['kind']);
const furnished = { contact: contactHash(aUser), announced: 'yes', topic: 'Ann Lee · ann@example.com · Demo' };
const purpose = 'Conversation with Ann Lee (Demo). /sk sends an answer.';
const settled = aRoom({ ...furnished, purpose });
const textsOf = (effects: readonly PlannedEffect[]) =>
  effects.flatMap(({ write: { message } }) =>
    typeof message === 'object' && message !== null && 'text' in message && typeof message.text === 'string'
      ? [message.text]
      : [],
  );

const answers = (...sources: readonly string[]) =>
  aBatch(
    sources.map((type, index) =>
      aMessage(index + 3, `answer ${index}`, {
        role: 'appMaker',
        source: { type },
        author: { name: 'Ben', avatarUrl: 'https://x.test/b.png' },
      }),
    ),
  );

/** What is left of a post when the entities that Slack knows are read back. */
const readBack = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('the first words of a person', () => {
  const effects = plan(aBatch([aMessage(1, 'Hello'), aMessage(2, 'Where is my order?')]), aContext());

  it('open a channel, show who it is, and are told of in the dispatch channel; what is left comes last', () => {
    expect(kindsOf(effects)).toEqual(['create', 'post', 'post', 'announce', 'invite', 'purpose', 'topic']);
    expect(effects[0]?.write['names']).toEqual(['sk-ann-lee-abcdefghij', 'sk-ann-lee-abcdefghijklmnop']);
  });

  it('show the profile with the app and all properties', () => {
    expect(JSON.stringify(effects[1]?.write)).toContain('Here’s all the information we have on this user');
    for (const value of ['Ann Lee', 'ann@example.com', 'Demo', 'gold'])
      expect(JSON.stringify(effects[1]?.write)).toContain(value);
  });

  it('show what the person writes on, and where in it they are, literally', () => {
    const devices = [
      { id: 'd1', platform: 'ios', appVersion: '2.4', info: { appName: 'Shop <!here>', os: 'iOS' }, linkedAt: 1, lastSeen: 1 },
      { id: 'd2', platform: 'web', info: { URL: 'shop.test', currentUrl: 'https://shop.test/t?a&b' }, linkedAt: 2, lastSeen: 2 },
    ];
    const [, shown] = plan(aBatch([aMessage(1, 'Hello')]), aContext({ appUser: { ...aUser, devices } }));
    expect(shown?.write['message']).toMatchObject({
      attachments: [
        {
          fields: expect.arrayContaining([
            { title: 'Device', value: 'Shop &lt;!here&gt; 2.4 on iOS', short: true },
            {
              title: 'Device',
              value: 'shop.test on Web Messenger. Looking at https://shop.test/t?a&amp;b',
              short: false,
            },
          ]),
        },
      ],
    });
  });

  it('appear together under the person’s name and picture, with how to reply', () => {
    expect(effects[2]).toMatchObject({
      seqs: [1, 2],
      write: {
        message: {
          text: 'Hello\nWhere is my order?',
          username: 'Ann Lee',
          icon_url: 'https://example.com/ann.png',
          attachments: [{ text: 'Use `/sk your answer` to reply' }],
        },
      },
    });
  });
});

describe('later words', () => {
  it('are one post and nothing more', () => {
    expect(kindsOf(plan(aBatch([aMessage(3, 'Thanks')]), aContext(settled)))).toEqual(['post']);
  });

  it('are parted by a free line where one has several lines', () => {
    const effects = plan(aBatch([aMessage(3, 'one\ntwo'), aMessage(4, 'three')]), aContext(settled));
    expect(textsOf(effects)).toEqual(['one\ntwo\n\nthree']);
  });

  it('go on with what is not done yet of the channel', () => {
    const effects = plan(aBatch([aMessage(3, 'Thanks')]), aContext(aRoom({ contact: contactHash(aUser), invited: false })));
    expect(kindsOf(effects)).toEqual(['post', 'announce', 'invite', 'purpose', 'topic']);
  });

  it('come after news of the person, whose name or address has changed', () => {
    const appUser = { ...aUser, email: 'lee@example.com' };
    const effects = plan(aBatch([aMessage(3, 'Thanks')]), aContext({ ...settled, appUser }));
    expect(kindsOf(effects)).toEqual(['post', 'post', 'topic']);
    expect(textsOf(effects)[0]).toContain('updated their contact information: *Ann Lee* · lee@example.com');
  });

  it('open a new channel that leads back to the one that was archived, and are told of again', () => {
    const previous = { remoteId: 'C9', state: 'closed' as const, data: {} };
    const effects = plan(aBatch([aMessage(9, 'Again')]), aContext({ previous, transcriptUrl: 'https://x.test/t?key=1' }));
    expect(textsOf(effects)[0]).toContain('This continues <#C9>.\n<https://x.test/t?key=1|Earlier messages>');
    expect(effects.find(({ write }) => write['kind'] === 'announce')?.write['before']).toContain('wrote again');
  });
});

describe('files and images', () => {
  const image = { type: 'image' as const, mediaUrl: 'https://x.test/a.png', text: 'my order' };
  const effectsWith = (content: object, scopes?: readonly string[]) => {
    const data = scopes === undefined ? {} : { scopes };
    const message = aMessage(3, '', { content: { ...image, ...content } });
    return plan(aBatch([message]), aContext({ ...settled, account: { key: 'T1', data } }));
  };

  const keysBeside = (form: 'full' | 'plain') => {
    const file = aMessage(2, '', { content: { ...image, text: '' }, form });
    return plan(aBatch([aMessage(1, 'one'), file, aMessage(3, 'three')]), aContext(settled)).map(({ key }) => key);
  };

  it('are brought to Slack and shown, their words after them: nothing is said while the file may be refused', () => {
    const effects = effectsWith({});
    expect(kindsOf(effects)).toEqual(['upload', 'share', 'post']);
    expect(effects.map(({ seqs, serves }) => [seqs, serves])).toEqual([
      [[], [3]],
      [[3], undefined],
      [[3], undefined],
    ]);
  });

  it('come with all of their words, however many those are', () => {
    const text = `${'A long story. '.repeat(40)}THE END`;
    expect(textsOf(effectsWith({ type: 'file', mediaUrl: 'https://x.test/contract.pdf', text })).join()).toContain(text);
  });

  it('leave the posts beside them as they are when they become links', () => {
    expect(keysBeside('full')).toEqual(['message 1', 'file 2', 'share 2', 'message 3']);
    expect(keysBeside('plain')).toEqual(['message 1', 'message 2', 'message 3']);
  });

  it('are links where Slack refused them, or the right was not granted', () => {
    const message = aMessage(3, '', { content: image, form: 'plain' });
    expect(textsOf(plan(aBatch([message]), aContext(settled)))).toEqual(['my order\nhttps://x.test/a.png']);
    expect(textsOf(effectsWith({}, ['chat:write', 'files:write']))[0]).toContain('https://x.test/a.png');
  });
});

describe('what agents sent', () => {
  const announced = { channel: 'C0', ts: '1.2' };
  const told = (data: object = {}) => ({
    thread: {
      remoteId: 'C1',
      state: 'open' as const,
      data: { introduced: true, invited: true, ...furnished, purpose, announced, ...data },
    },
  });

  it('is shown under the agent’s name, with where it came from', () => {
    const effects = plan(answers('slack', 'zendesk'), aContext(settled));
    expect(effects.map(({ write: { message } }) => message)).toMatchObject([
      { username: 'Ben', icon_url: 'https://x.test/b.png', attachments: [{ text: 'Sent to Ann Lee with `/sk`' }] },
      { username: 'Ben', attachments: [{ text: 'Sent to Ann Lee from Zendesk' }] },
    ]);
  });

  it('is told in the dispatch channel, once', () => {
    const effects = plan(answers('zendesk'), aContext(told()));
    expect(effects.at(-1)?.write).toMatchObject({
      kind: 'update',
      dispatch: 'C0',
      ts: '1.2',
      text: '*Ann Lee* started a conversation in <#C1> (Demo)\n:white_check_mark: Ben has answered.',
    });
    expect(kindsOf(plan(answers('zendesk'), aContext(told({ answered: true }))))).toEqual(['post']);
  });

  it('is not an answer when the owner’s software sent it over the API', () => {
    expect(kindsOf(plan(answers('api'), aContext(told())))).toEqual(['post']);
  });
});

describe('hostile text', () => {
  const SIGNS = [
    '<!channel>',
    '<!here|x>',
    '<@U1>',
    '<#C1>',
    '<https://evil.test|bank.test>',
    '&lt;',
    '*b*',
    '`',
    '~',
    '@channel',
    '\n',
    'a',
  ];
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...SIGNS), fc.string({ unit: 'binary' })), { maxLength: 40 })
    .map((parts) => parts.join(''));

  it('calls nobody, links nowhere and formats nothing, wherever it stands', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, name) => {
        const info = { appName: name, currentTitle: name, currentUrl: name, os: name };
        const devices = [{ id: 'd1', platform: 'ios', info, linkedAt: 1, lastSeen: 1 }];
        const appUser = { ...aUser, givenName: name, surname: undefined, email: name, properties: { [name]: name }, devices };
        const context = aContext({ appUser, app: { id: 'a', name } });
        const effects = plan(aBatch([aMessage(1, text)]), context);
        // Our own link to the channel is the only one, and stands in a field of its own.
        expect(JSON.stringify(effects.map(({ write }) => ({ ...write, mark: '' })))).not.toMatch(/<[@!#h]/);
        const said = effects.flatMap(({ write: { message }, seqs }) =>
          seqs.length > 0 && typeof message === 'object' && message !== null && 'text' in message ? [message] : [],
        );
        for (const message of said) expect(message).toMatchObject({ mrkdwn: false });
      }),
    );
  });

  it('is split into posts that Slack takes, and nothing of it is lost', () => {
    const long = fc.array(hostile, { minLength: 1, maxLength: 200 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(long, (text) => {
        const said = textsOf(plan(aBatch([aMessage(3, text)]), aContext(settled)));
        for (const one of said) expect(one.length).toBeLessThanOrEqual(MAX_POST);
        const whole = said.map((one) => readBack(one)).join('');
        expect(whole.replaceAll(/\s/g, '')).toBe((text.trim() === '' ? '(text)' : text).replaceAll(/\s/g, ''));
      }),
      { numRuns: 50 },
    );
  });
});
