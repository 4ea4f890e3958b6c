import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutSignature } from '../../activities/zendesk/signature.ts';
import type { Signatures } from '../../activities/zendesk/signature.ts';

const agent = { name: 'Ben Okri', email: 'ben@acme.example', phone: '+44 20 1234' };
const BARE = '{{agent.signature}}';

/** What was written, what is known of signatures, and what is left. */
interface Case {
  readonly text: string;
  readonly personal?: string;
  readonly template?: string;
  readonly left: string;
}

const cases: Readonly<Record<string, Case>> = {
  'a personal signature': { text: 'Hello.\n\nBen\nCare', personal: 'Ben\nCare', template: BARE, left: 'Hello.' },
  'a personal signature that begins with --': {
    text: 'Hello.\n\n--\nBen\nCare',
    personal: '--\nBen\nCare',
    template: BARE,
    left: 'Hello.',
  },
  'Markdown that was rendered': {
    text: 'Hello.\n\nBen\nSupport engineer',
    personal: '**Ben**\n_Support engineer_',
    template: BARE,
    left: 'Hello.',
  },
  'Markdown that was not rendered': { text: 'Hello.\n\n**Ben**\n_Care_', personal: '**Ben**\n_Care_', left: 'Hello.' },
  'placeholders of the agent': {
    text: 'Hello.\n\nBen Okri\nben@acme.example, +44 20 1234',
    personal: '{{agent.name}}\n{{ agent.email }}, {{agent.phone}}',
    template: BARE,
    left: 'Hello.',
  },
  'a placeholder nobody knows': {
    text: 'Hello.\n\nBen of Acme Limited, Leeds',
    personal: 'Ben of {{agent.organization.name}}, Leeds',
    template: BARE,
    left: 'Hello.',
  },
  'a link without its address': {
    text: 'Hello.\n\nBen, our help pages',
    personal: 'Ben, [our help pages](https://help.acme.example)',
    left: 'Hello.',
  },
  'a link with its address': {
    text: 'Hello.\n\nBen, help (https://help.acme.example)',
    personal: 'Ben, [help](https://help.acme.example)',
    left: 'Hello.',
  },
  'other spaces and line ends': { text: 'Hello.\r\n\r\nBen\u00a0 Okri  \r\n', personal: 'Ben Okri', left: 'Hello.' },
  'what the brand puts below the personal one': {
    text: 'Hello.\n\nBen\n\n--\nAcme Limited\n1 Main Street',
    personal: 'Ben',
    template: '{{agent.signature}}\n\n--\nAcme Limited\n1 Main Street',
    left: 'Hello.',
  },
  'what the brand puts above the personal one': {
    text: 'Hello.\n\n--\nAcme Limited\n\nBen',
    personal: 'Ben',
    template: '--\nAcme Limited\n\n{{agent.signature}}',
    left: 'Hello.',
  },
  'what the brand puts for an agent without a signature': {
    text: 'Hello.\n\nAcme Limited',
    template: '{{agent.signature}}\n\nAcme Limited',
    left: 'Hello.',
  },
  'a global signature that nobody knows': { text: 'Hello.\n\n--\nAcme Limited\nLeeds', left: 'Hello.' },
  'a global signature with "-- " as mail has it': { text: 'Hello.\n-- \nAcme Limited', left: 'Hello.' },
  'a personal one above an unknown global one': {
    text: 'Hello.\n\nBen\n\n--\nAcme Limited',
    personal: 'Ben',
    left: 'Hello.',
  },
  'an unknown global one above a personal one': {
    text: 'Hello.\n\n--\nAcme Limited\n\nBen',
    personal: 'Ben',
    left: 'Hello.',
  },
  'what Liquid made of the template': {
    text: 'Hello.\n\n--\nAcme Leeds\n\nBen',
    personal: 'Ben',
    template: '{% if agent.tags contains "leeds" %}--\nAcme Leeds{% endif %}\n\n{{agent.signature}}',
    left: 'Hello.',
  },
  'only the last of two -- ': {
    text: 'Run this:\n--\nnpm install\n--\nThen restart.\n\n--\nBen',
    personal: '--\nBen',
    template: BARE,
    left: 'Run this:\n--\nnpm install\n--\nThen restart.',
  },
  'nothing of a -- in the words above a known signature': {
    text: 'Compare:\n--\nold value\n\nBen\nCare',
    personal: 'Ben\nCare',
    template: BARE,
    left: 'Compare:\n--\nold value',
  },
  'nothing where there is none': { text: 'Hello.\n\nSee you.', personal: 'Ben', template: BARE, left: 'Hello.\n\nSee you.' },
  'nothing of a sentence that ends with the name': {
    text: 'For that please ask\nour colleague Ben',
    personal: 'Ben',
    template: BARE,
    left: 'For that please ask\nour colleague Ben',
  },
  'nothing of a last line within a paragraph': {
    text: 'The people on duty are\nBen',
    personal: 'Ben',
    template: BARE,
    left: 'The people on duty are\nBen',
  },
  'nothing in the middle': { text: 'Ben\n\nis the one to ask.', personal: 'Ben', left: 'Ben\n\nis the one to ask.' },
  'nothing of an option that begins with --': {
    text: 'Start it with\n--verbose\n--trace',
    personal: 'Ben',
    left: 'Start it with\n--verbose\n--trace',
  },
  'nothing of a rule of three dashes': { text: 'One\n---\nTwo', left: 'One\n---\nTwo' },
  'nothing of a -- that is followed by more than a signature has': {
    text: `Log:\n--\n${'line\n'.repeat(20)}end`,
    left: `Log:\n--\n${'line\n'.repeat(20)}end`,
  },
  'nothing of a -- with nothing below': { text: 'One\n--', left: 'One\n--' },
  'nothing of half a signature': { text: 'Hello.\n\nBen', personal: 'Ben\nCare', template: BARE, left: 'Hello.\n\nBen' },
  'everything of a reply that is nothing but a signature': {
    text: '--\nBen\nCare',
    personal: '--\nBen\nCare',
    template: BARE,
    left: '',
  },
  'everything of a reply that is nothing but an unknown signature': { text: '--\nAcme Limited', left: '' },
  'signs that mean something in patterns': { text: 'Hello.\n\n(Ben) [a+b]*?', personal: '(Ben) [a+b]*?', left: 'Hello.' },
};

const signaturesOf = ({ personal, template }: Pick<Case, 'personal' | 'template'>): Signatures => ({ personal, template, agent });

/** Text as it is given back when nothing is cut. */
const asKept = (lines: readonly string[]): string =>
  lines
    .map((text) => text.replaceAll('\u00a0', ' ').trimEnd())
    .join('\n')
    .trim();

describe('withoutSignature', () => {
  it.each(Object.entries(cases))('cuts %s', (_title, { text, left, ...known }) => {
    expect(withoutSignature(text, signaturesOf(known))).toBe(left);
  });

  const line = fc.stringMatching(/^[A-Za-z][A-Za-z .,{}*%[\]()]{0,30}$/);
  const words = fc.array(line, { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'));

  it('never leaves anything but the beginning of what was written', () => {
    fc.assert(
      fc.property(words, words, words, (text, personal, template) => {
        const left = withoutSignature(text, signaturesOf({ personal, template }));
        const whole = withoutSignature(text, { personal: undefined, template: undefined, agent });
        expect(whole.startsWith(left)).toBe(true);
      }),
    );
  });

  it('leaves text that ends with no signature as it was, but for blanks at the ends of lines', () => {
    const known: readonly Pick<Case, 'personal' | 'template'>[] = [
      { personal: 'Benedikt Okri\nCustomer care', template: BARE },
      { personal: '**Benedikt**, {{agent.organization.name}} Limited', template: '{{agent.signature}}\n\n--\nAcme Quux' },
      { personal: '--\nBenedikt Okri', template: '{% if agent.tags contains "x" %}--\nAcme{% endif %}{{agent.signature}}' },
      {},
    ];
    const anyLine = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.stringMatching(/^[-_* ]{0,4}$/),
      fc.constantFrom('', '---', '--verbose', 'a -- b', '– Ben', 'Best regards,', 'Okri', '{{agent.signature}}'),
    );
    const noDashes = fc.array(
      anyLine.filter((text) => !/^\s*--\s*$/.test(text) && !/[\r\n]/.test(text)),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(noDashes, fc.constantFrom(...known), (lines, signatures) => {
        expect(withoutSignature(lines.join('\n'), signaturesOf(signatures))).toBe(asKept(lines));
      }),
      { numRuns: 1_000 },
    );
  });

  it('cuts what was put below with a blank line between, and nothing more, where signature and template are plain', () => {
    const plain = fc.array(fc.stringMatching(/^[A-Z][a-z]{2,12}( [a-z]{2,12}){0,4}$/), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plain, plain, (said, signed) => {
        const [text, personal] = [said.join('\n'), `${signed.join('\n')}\nAcme Limited`];
        expect(withoutSignature(`${text}\n\n${personal}`, signaturesOf({ personal, template: BARE }))).toBe(text);
      }),
    );
  });
});
