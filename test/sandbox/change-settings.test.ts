import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { changeSettings } from '../../src/sandbox/change-settings.ts';

const schema = z.object({ one: z.number().default(1), two: z.number().default(2) });

describe('changing settings', () => {
  it('leaves alone what is not named', () => {
    expect(changeSettings(schema, { one: 7, two: 8 }, { two: 9 })).toEqual({ one: 7, two: 9 });
  });

  it.each([{ three: 3 }, { one: 'x' }, 'x', null])('refuses %j', (change) => {
    expect(() => changeSettings(schema, { one: 7, two: 8 }, change)).toThrow(z.ZodError);
  });
});
