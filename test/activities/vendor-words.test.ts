import { describe, expect, it } from 'vitest';
import { vendorWords } from '../../activities/vendor-words.ts';

const sent = { user: { name: 'Ann Lee', role: 'end-user', identities: [{ value: 'ann@example.com' }] }, n: 1 };

describe('the words of a system', () => {
  it.each([
    ['Email: ann@example.com is already being used', 'Email: …@… is already being used'],
    ['550 <other+tag@mail.example.org>: no such user', '550 <…@…>: no such user'],
    ['Name: Ann Lee: is too short', 'Name: …: is too short'],
    ['Status: pending is not valid', 'Status: pending is not valid'],
    ['', ''],
  ])('lose what is people’s: %s', (words, kept) => {
    expect(vendorWords(words, sent)).toBe(kept);
  });

  it('are no longer than a line', () => {
    expect(vendorWords('x'.repeat(1_000), undefined)).toHaveLength(300);
  });
});
