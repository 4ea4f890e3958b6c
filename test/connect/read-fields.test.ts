import { describe, expect, it } from 'vitest';
import type { Field } from '../../activities/connect.ts';
import { readFields } from '../../src/connect/read-fields.ts';

const fields: readonly Field[] = [
  {
    name: 'host',
    label: 'Host',
    type: 'text',
    required: true,
    pattern: { source: '^[a-z.]+$', expected: 'a name such as mail.example' },
  },
  { name: 'password', label: 'Password', type: 'secret' },
  { name: 'tls', label: 'TLS', type: 'toggle', default: true },
  {
    name: 'mode',
    label: 'Mode',
    type: 'choice',
    choices: [
      { value: 'fast', label: 'Fast' },
      { value: 'safe', label: 'Safe' },
    ],
    default: 'safe',
  },
];

describe('what is typed into declared fields', () => {
  it.each([
    [{ host: 'mail.example' }, { host: 'mail.example', tls: true, mode: 'safe' }],
    [
      { host: ' mail.example ', password: '', mode: null },
      { host: 'mail.example', tls: true, mode: 'safe' },
    ],
    [
      { host: 'a', password: 'x y', tls: false, mode: 'fast' },
      { host: 'a', password: 'x y', tls: false, mode: 'fast' },
    ],
    [
      { host: 'a', tls: 'on', more: 'ignored' },
      { host: 'a', tls: true, mode: 'safe' },
    ],
  ])('is read from %j as %j', (given, read) => {
    expect(readFields(fields, given)).toEqual(read);
  });

  it.each([
    [{}, 'host', 'expected a name such as mail.example'],
    [{ host: '  ' }, 'host', 'expected a name such as mail.example'],
    [{ host: 'MAIL' }, 'host', 'expected a name such as mail.example'],
    [{ host: 'a', password: {} }, 'password', 'expected text: Password'],
    [{ host: 'a', tls: 'perhaps' }, 'tls', 'expected true or false'],
    [{ host: 'a', mode: 'slow' }, 'mode', 'expected one of fast, safe'],
  ])('is refused as %j, naming %s', (given, field, message) => {
    expect(() => readFields(fields, given)).toThrow(expect.objectContaining({ field, message }));
  });
});
