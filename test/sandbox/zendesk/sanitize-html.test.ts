import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { htmlToText, sanitizeHtml } from '../../../src/sandbox/zendesk/tickets/sanitize-html.ts';

describe('sanitizeHtml', () => {
  it.each([
    ['<p>a</p>', '<p>a</p>'],
    ['<P CLASS=x>a', '<p>a</p>'],
    ['a</p>b', 'ab'],
    ['<b><i>a</b>c', '<b><i>a</i></b>c'],
    ['1 < 2 > 0', '1 &lt; 2 &gt; 0'],
    ['<script>x</script>y<style>z', 'y'],
    ['<!-- c -->d', 'd'],
    [
      '<a href="https://a.example/?q=1&amp;r=2">x</a>',
      '<a href="https://a.example/?q=1&amp;r=2" rel="noopener noreferrer">x</a>',
    ],
    ['<a href="java&#115;cript:x">x</a>', '<a rel="noopener noreferrer">x</a>'],
    ['<img src="https://a.example/x.png" onerror="y">', '<img src="https://a.example/x.png">'],
    ['<custom>t</custom>', 't'],
  ])('%s becomes %s', (source, expected) => {
    expect(sanitizeHtml(source)).toBe(expected);
  });

  it('lets nothing through that runs, whatever comes in', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '/',
      '=',
      ' ',
      '&#106;',
      'script',
      'img',
      'a',
      'href',
      'src',
      'onerror',
      'javascript:',
      'x',
      '<!--',
      '-->',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const tags = sanitizeHtml(pieces.join('')).match(/<[^>]*>/g) ?? [];
        for (const tag of tags)
          expect(tag).toMatch(
            /^<\/?(a|img|s)( (href|src|alt|title)="(https?:|mailto:|tel:)[^"<>]*")*( rel="noopener noreferrer")?>$/,
          );
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', 'b', '/', '&', ';', ' ', 'p') }), (source) => {
        const once = sanitizeHtml(source);
        expect(sanitizeHtml(once)).toBe(once);
      }),
    );
  });
});

describe('htmlToText', () => {
  it('keeps lines, lists and preformatted text', () => {
    expect(htmlToText('<p>a<br>b</p><ul><li>c</li><li>d</li></ul><pre>e\nf</pre>g &amp; h')).toBe(
      'a\nb\n\n- c\n- d\n\ne\nf\n\ng & h',
    );
  });
});
