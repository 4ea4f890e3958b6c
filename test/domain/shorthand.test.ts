import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromShorthand } from '../../src/domain/shorthand.ts';
import type { Content } from '../../src/domain/message.ts';

const parse = (text: string, more: Partial<Content> = {}): Content => {
  let made = 0;
  return fromShorthand({ type: 'text', text, ...more }, () => `id${(made += 1)}`);
};

describe('shorthand in agents’ text', () => {
  const buttons: Readonly<Record<string, readonly [string, object]>> = {
    'a link': ['%[Shop](https://shop.example/a)', { type: 'link', text: 'Shop', uri: 'https://shop.example/a' }],
    'a link whose address has parentheses': [
      '%[Wiki](https://wiki.example/A_(b))',
      { type: 'link', text: 'Wiki', uri: 'https://wiki.example/A_(b)' },
    ],
    'a quick reply': ['%[Yes](reply:YES)', { type: 'reply', text: 'Yes', payload: 'YES' }],
    'a postback': ['%[Buy one](postback:BUY 1)', { type: 'postback', text: 'Buy one', payload: 'BUY 1' }],
    'a request for the location': ['%[Where are you?](location)', { type: 'locationRequest', text: 'Where are you?' }],
    'a button to buy': ['$[Tea](25.00)', { type: 'buy', text: 'Tea', amount: 2500, currency: 'usd', state: 'offered' }],
    'a price without cents': ['$[Tea](3)', { type: 'buy', text: 'Tea', amount: 300, currency: 'usd', state: 'offered' }],
    'a price with one digit of cents': [
      '$[Tea](3.5)',
      { type: 'buy', text: 'Tea', amount: 350, currency: 'usd', state: 'offered' },
    ],
  };

  it.each(Object.entries(buttons))('makes %s', (_what, [text, action]) => {
    expect(parse(text)).toEqual({ type: 'text', text: '', actions: [{ id: 'id1', ...action }] });
  });

  it('cuts buttons out of the text and puts them below in order', () => {
    expect(parse('Choose:\n%[A](reply:A)\n%[B](reply:B)\n\n\nThank you')).toEqual({
      type: 'text',
      text: 'Choose:\n\nThank you',
      actions: [
        { id: 'id1', type: 'reply', text: 'A', payload: 'A' },
        { id: 'id2', type: 'reply', text: 'B', payload: 'B' },
      ],
    });
  });

  it('closes the gaps that they leave, and no others', () => {
    expect(parse('One  of %[A](reply:A) %[B](reply:B) please\n%[C](reply:C) now').text).toBe('One  of please\nnow');
  });

  it('makes a card of text, image and button', () => {
    expect(parse('New in\n![](https://shop.example/hat.png)\n%[See](https://shop.example)')).toEqual({
      type: 'image',
      text: 'New in',
      mediaUrl: 'https://shop.example/hat.png',
      actions: [{ id: 'id1', type: 'link', text: 'See', uri: 'https://shop.example' }],
    });
  });

  const literal: Readonly<Record<string, string>> = {
    'other text': 'It is 5% [see below] (really) $5!',
    'a protocol that runs something': '%[Click](javascript:alert(1))',
    'data as an image': '![](data:text/html,x)',
    'a file': '%[Open](file:///etc/passwd)',
    'an address without a protocol': '%[Shop](shop.example)',
    'an address with a space': '%[Shop](https://shop.example/a b)',
    'a button without a text': '%[](https://shop.example)',
    'an empty payload': '%[Yes](reply:)',
    'no parenthesis': '%[Yes]',
    'one that is not closed': '%[Yes](reply:YES',
    'one that is closed on the next line': '%[Yes](reply:\nYES)',
    'nothing to pay': '$[Tea](0.00)',
    'a price in words': '$[Tea](three)',
    'a template': '%((template:hello))%',
    'an old template': '%{{template:hello}}%',
    'what other channels have': '&((whatsapp))&',
  };

  it.each(Object.entries(literal))('leaves %s as it is', (_what, text) => {
    expect(parse(text)).toEqual({ type: 'text', text });
  });

  it('leaves as text what does not stand beside quick replies', () => {
    expect(parse('%[A](reply:A) %[Shop](https://shop.example) %[Here](location)')).toMatchObject({
      text: '%[Shop](https://shop.example)',
      actions: [{ type: 'reply' }, { type: 'locationRequest' }],
    });
  });

  it('leaves the second image and the eleventh button as text', () => {
    const eleven = Array.from({ length: 11 }, (_, n) => `%[${n}](postback:${n})`).join(' ');
    expect(parse(`![](https://a.example/1.png) ![](https://a.example/2.png) ${eleven}`)).toMatchObject({
      mediaUrl: 'https://a.example/1.png',
      text: expect.stringMatching(/^!\[\]\(https:\/\/a\.example\/2\.png\)\s+%\[10\]\(postback:10\)$/),
      actions: expect.objectContaining({ length: 10 }),
    });
  });

  it('adds to buttons that are there', () => {
    const there = { id: 'a', type: 'link', text: 'There', uri: 'https://a.example' } as const;
    expect(parse('%[More](https://b.example)', { actions: [there] }).actions).toMatchObject([{ id: 'a' }, { text: 'More' }]);
    expect(parse('%[Yes](reply:YES)', { actions: [there] })).toMatchObject({ text: '%[Yes](reply:YES)', actions: [there] });
  });

  it('touches nothing but text', () => {
    const file: Content = { type: 'file', text: '%[A](reply:A)', mediaUrl: 'https://a.example/f' };
    expect(fromShorthand(file, () => 'id')).toBe(file);
  });

  const scraps = fc.array(
    fc.constantFrom(
      '%',
      '$',
      '!',
      '[',
      ']',
      '(',
      ')',
      'reply:',
      'postback:',
      'location',
      'https://a.example',
      '1.5',
      '\n',
      'x',
      ' ',
    ),
    { maxLength: 40 },
  );

  it('never throws, and leads to web pages alone', () => {
    fc.assert(
      fc.property(scraps, (parts) => {
        const content = parse(parts.join(''));
        const urls = [content.mediaUrl, ...(content.actions ?? []).map(({ uri }) => uri)].filter((url) => url !== undefined);
        expect(urls.every((url) => /^https?:\/\//.test(url))).toBe(true);
        expect((content.actions ?? []).length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 2_000 },
    );
  });

  // A search without bounds would take minutes for it, and run into the test's time-out.
  it('leaves a long text of beginnings without end as it is', () => {
    const text = '%[a'.repeat(20_000) + '%[a]('.repeat(20_000);
    expect(parse(text)).toEqual({ type: 'text', text });
  });

  it('leaves every text without signs as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/[%$!]\[/.test(text));
        expect(parse(text).text).toBe(text);
      }),
    );
  });
});
