import { describe, expect, it } from 'vitest';
import { html, trusted } from '../../src/domain/html.ts';
import { fitsPattern } from '../../src/sandbox/routes.ts';

describe('html', () => {
  it('escapes what is put in, in text and in attributes', () => {
    expect(html`<p title="${'"\''}">${'<b>&'}</p>`.markup).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it('takes markup, lists and numbers, and leaves nothing for false, null and undefined', () => {
    const items = ['<', 'b'].map((text) => html`<li>${text}</li>`);
    expect(html`${items}${3}${false}${null}${undefined}${trusted('<hr>')}`.markup).toBe('<li>&lt;</li><li>b</li>3<hr>');
  });
});

describe('a pattern of a path', () => {
  it.each([
    ['/tickets/*', '/tickets/1', true],
    ['/tickets/*', '/tickets/1/tags', false],
    ['/tickets/**', '/tickets/1/tags', true],
    ['/tickets', '/tickets/1', false],
    ['/a.b', '/aXb', false],
  ])('%s on %s is %s', (pattern, path, expected) => {
    expect(fitsPattern(pattern, path)).toBe(expected);
  });
});
