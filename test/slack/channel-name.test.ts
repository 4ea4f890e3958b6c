import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelNames, isPersons } from '../../activities/slack/channel-name.ts';

const NONCE = 'k3f7q2abcdefghijklmnopqrst';
const person = (givenName?: string, surname?: string, email?: string) => ({ givenName, surname, email });

describe('the name of a person’s channel', () => {
  it.each([
    [person('Ann', 'Lee'), 'sk-ann-lee-k3f7q2abcd'],
    [person('Ann'), 'sk-ann-k3f7q2abcd'],
    [person(undefined, undefined, 'ann.lee+shop@example.com'), 'sk-ann-lee-k3f7q2abcd'],
    [person('Zoë', "O'Brien"), 'sk-zoe-obrien-k3f7q2abcd'],
    [person('Анна', 'Каренина'), 'sk-anna-karenina-k3f7q2abcd'],
    [person('小明', '王'), 'sk-xiaoming-wang-k3f7q2abcd'],
    [person('  ', '!!'), undefined],
    [person('🙂', undefined, 'pat@example.com'), undefined],
  ])('of %j is %s', (user, name) => {
    const [first] = channelNames(user, NONCE);
    if (name === undefined) expect(first).toMatch(/^sk-[a-z0-9-]+-k3f7q2abcd$/);
    else expect(first).toBe(name);
  });

  it('is made of random words where nothing is known', () => {
    expect(channelNames(person(), NONCE)[0]).toMatch(/^sk-[a-z]+-[a-z]+-k3f7q2abcd$/);
  });

  it('has a longer random ending where the first is taken', () => {
    const [first, second] = channelNames(person('Ann'), NONCE);
    expect([first, second]).toEqual(['sk-ann-k3f7q2abcd', 'sk-ann-k3f7q2abcdefghij']);
  });

  it('is one that Slack takes, and the same each time, whoever it is', () => {
    const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 120 }), { nil: undefined });
    const nonce = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz234567')),
      minLength: 26,
      maxLength: 26,
    });
    fc.assert(
      fc.property(text, text, text, nonce, (given, surname, email, random) => {
        const names = channelNames(person(given, surname, email), random);
        expect(names).toEqual(channelNames(person(given, surname, email), random));
        for (const name of names) expect(name).toMatch(/^sk-[a-z0-9](?:[a-z0-9-]{0,75})[a-z0-9]$/);
        expect(names.filter((name) => !isPersons(name))).toEqual([]);
      }),
    );
  });

  it.each(['general', 'sk-team', 'sk-dispatch', 'sk-dispatch-k3f7q2ab', 'sk-k3f7'])('is never %s', (name) => {
    expect(isPersons(name)).toBe(false);
  });
});
