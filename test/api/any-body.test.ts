import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { anApi, aUser } from './support/an-api.ts';

const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() });

const action = fc.record({
  type: fc.constantFrom('reply', 'link', 'postback', 'buy'),
  text: fc.string(),
  payload: fc.string(),
  uri: fc.webUrl(),
  amount: fc.integer(),
});

/** Bodies that are nearly right, so that some of them are. */
const nearly = fc.record(
  {
    role: mostly(fc.constantFrom('appUser', 'appMaker')),
    type: mostly(fc.constantFrom('text', 'text', 'text', 'image', 'location', 'carousel')),
    text: mostly(fc.string({ unit: 'binary', minLength: 1 })),
    name: mostly(fc.string()),
    email: mostly(fc.emailAddress()),
    mediaUrl: mostly(fc.webUrl()),
    mediaType: mostly(fc.constant('image/png')),
    coordinates: mostly(fc.record({ lat: fc.double({ min: -100, max: 100 }), long: fc.integer() })),
    metadata: mostly(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)))),
    actions: mostly(fc.array(action, { maxLength: 3 })),
    items: mostly(fc.array(fc.record({ title: fc.string(), actions: fc.array(action, { maxLength: 4 }) }))),
    source: mostly(fc.record({ type: fc.string(), id: fc.string() })),
    _clientId: mostly(fc.string()),
  },
  { requiredKeys: ['role', 'text'] },
);

const NAMES_A_FIELD = /^.+: expected /s;

describe('any JSON as a message', () => {
  const api = anApi();
  let path = '';
  beforeAll(async () => {
    path = `/appusers/${await aUser(api.send)}/messages`;
  });

  it('is taken in, or refused with the name of a field and without a trace', async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: nearly }, { weight: 1, arbitrary: fc.jsonValue() }), async (body) => {
        const before = await state();
        const reply = await api.send('POST', path, JSON.stringify(body));
        statuses.add(reply.status);
        if (reply.status === 201) return;
        expect([reply.status, reply.at('error', 'code')]).toEqual([400, 'bad_request']);
        expect(reply.at('error', 'description')).toMatch(NAMES_A_FIELD);
        expect(await state()).toEqual(before);
      }),
      { numRuns: 400 },
    );
    expect(statuses).toEqual(new Set([201, 400]));
  });

  /** All that a message could have changed. */
  async function state(): Promise<unknown> {
    const { db } = api();
    const conversations = await db.selectFrom('conversations').selectAll().execute();
    const messages = await db.selectFrom('messages').select('id').execute();
    return { conversations, messages: messages.length };
  }
});
