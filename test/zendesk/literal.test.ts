import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, literal, literalLine } from '../../activities/zendesk/text.ts';
import { splitText } from '../../src/domain/split-text.ts';
import { escapeHtml } from '../../src/domain/html.ts';
import { fromHtml } from '../../src/sandbox/zendesk/tickets/comment-text.ts';
import { renderPlaceholders } from '../../src/sandbox/zendesk/triggers/placeholders.ts';

const values = { ticket: { id: '4711' }, agent: { email: 'ada@acme.example' }, current_user: { email: 'ada@acme.example' } };

/** Text that is up to something. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{{ticket.id}}',
        '{{ agent.email }}',
        '{{{',
        '}}}',
        '{%',
        '%}',
        '{% if true %}x{% endif %}',
        '{',
        '}',
        '%',
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        '<b>',
        '</div>',
        '&lt;',
        '&amp;nbsp;',
        '**bold**',
        '[a](http://evil.example)',
        '<code>{{ticket.id}}</code>',
        '  ',
        '\n',
        'http://evil.example',
        '\\{{ticket.id}}',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.stringMatching(/^[{}% a-z.]{0,12}$/),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** What a person sees of text: no control characters, and lines without blanks at their ends. */
const visible = (text: string): string =>
  text
    .replaceAll('\u2060', '')
    .replaceAll('\u00a0', ' ')
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();

describe('literal text', () => {
  it('is shown as it was typed, whatever it was', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(visible(fromHtml(literal(text)).plain_body)).toBe(visible(text));
      }),
      { numRuns: 500 },
    );
  });

  it('has no markup but line breaks', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(literal(text).replaceAll('<br>', '')).not.toMatch(/[<>]/);
      }),
    );
  });

  it('has nothing that Zendesk expands, in comments and in subjects and names', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const sent of [literal(text), literalLine(text, 255)]) {
          expect(sent).not.toMatch(/\{\{|\}\}|\{%|%\}/);
          expect(renderPlaceholders(sent, values, escapeHtml)).toBe(sent);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps runs of spaces, as in a table or a program', () => {
    expect(literal('if x:\n    go  on')).toBe('if x:<br>&nbsp;&nbsp;&nbsp; go&nbsp; on');
  });

  it('is one line of limited length in a subject', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 40 }), (text, most) => {
        const line = literalLine(text, most);
        expect(line.length).toBeLessThanOrEqual(most);
        expect(line).not.toMatch(/[\r\n]/);
        expect(line.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('text that is too long for a comment', () => {
  it('is several parts that each fit and together say the same', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 20 }), fc.integer({ min: 40, max: 400 }), (texts, most) => {
        const text = texts.join(' ');
        const parts = splitText(text, most, bytesOf);
        expect(Math.max(...parts.map(bytesOf))).toBeLessThanOrEqual(most);
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });
});
