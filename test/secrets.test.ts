import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createVault, hashToken, isSameSecret, newToken, SealBroken } from '../src/secrets.ts';

const first = { id: 'k1', key: new Uint8Array(32).fill(1) };
const second = { id: 'k2', key: new Uint8Array(32).fill(2) };

describe('the vault', () => {
  it('opens what it sealed, for the same purpose', () => {
    const vault = createVault([first]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(vault.open(vault.seal(text, 'grant/1'), 'grant/1')).toBe(text);
      }),
    );
  });

  it('opens it for no other purpose', () => {
    const vault = createVault([first]);
    expect(() => vault.open(vault.seal('secret', 'grant/1'), 'grant/2')).toThrow(SealBroken);
  });

  it('does not open what was changed by one character', () => {
    const vault = createVault([first]);
    const sealed = vault.seal('secret', 'p');
    // The last character of base64 holds spare bits.
    const places = Array.from({ length: sealed.length - 1 }, (_, at) => at).slice(sealed.lastIndexOf('.') + 1);
    const changed = places.map((at) => sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1));
    for (const text of changed) expect(() => vault.open(text, 'p')).toThrow(SealBroken);
    expect(changed.length).toBeGreaterThan(30);
  });

  it('seals with the newest key and opens with all of them', () => {
    const old = createVault([first]).seal('secret', 'p');
    const rotated = createVault([second, first]);
    expect(rotated.open(old, 'p')).toBe('secret');
    expect(rotated.seal('secret', 'p')).toMatch(/^v1\.k2\./);
  });

  it('says which key is missing', () => {
    const sealed = createVault([second]).seal('secret', 'p');
    expect(() => createVault([first]).open(sealed, 'p')).toThrow(
      'sealed with the key "k2", which DESKBRIDGE_KEYS does not contain',
    );
  });

  it('seals the same text differently each time', () => {
    const vault = createVault([first]);
    expect(vault.seal('secret', 'p')).not.toBe(vault.seal('secret', 'p'));
  });

  it('knows its own tags, also those of a former key, and nobody else’s', () => {
    const tag = createVault([first]).tag('transcript/1');
    const rotated = createVault([second, first]);
    expect(rotated.isTag(tag, 'transcript/1')).toBe(true);
    expect(rotated.isTag(tag, 'transcript/2')).toBe(false);
    expect(createVault([second]).isTag(tag, 'transcript/1')).toBe(false);
  });
});

describe('secrets', () => {
  it('are compared whole', () => {
    expect(isSameSecret('abc', 'abc')).toBe(true);
    expect(isSameSecret('abc', 'abd')).toBe(false);
    expect(isSameSecret('abc', 'abcd')).toBe(false);
    expect(isSameSecret('', '')).toBe(true);
  });

  it('are made new each time, and stored as what nobody can turn back', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newToken()).not.toBe(newToken());
    expect(hashToken('token')).toMatch(/^[0-9a-f]{64}$/);
  });
});
