import { describe, expect, it } from 'vitest';
import { hashPassword, isPassword } from '../../src/console/sign-in/password.ts';

describe('a stored password', () => {
  it('fits the password alone, and never looks the same twice', async () => {
    const [one, other] = [await hashPassword('correct horse'), await hashPassword('correct horse')];
    expect(one).not.toBe(other);
    expect(one).not.toContain('correct');
    expect(await isPassword('correct horse', one)).toBe(true);
    expect(await isPassword('Correct horse', one)).toBe(false);
  });

  it('fits the same characters, however they were typed', async () => {
    expect(await isPassword('caf\u00e9 au lait', await hashPassword('cafe\u0301 au lait'))).toBe(true);
  });

  it('that does not exist fits nothing', async () => {
    expect(await isPassword('', undefined)).toBe(false);
  });
});
