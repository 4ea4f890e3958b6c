import { describe, expect, it } from 'vitest';
import { type UpdateFacts, applies } from '../../../src/sandbox/zendesk/triggers/conditions.ts';
import { aSandbox, aTicket, anAccount, comment } from './account.ts';
import { aTrigger, is } from './trigger-builders.ts';
import { someFacts } from './update-facts.ts';

const holds = (condition: { field: string; operator?: string; value?: string | string[] }, facts: UpdateFacts): boolean =>
  applies({ all: [condition], any: [] }, facts);

describe('a condition', () => {
  const update = someFacts({ tags: ['a', 'b'], status: 'open', statusBefore: 'pending', comment: { public: true } });
  const creation = someFacts({ statusBefore: undefined, comment: { public: false }, role: 'end-user' });

  it.each([
    ['current_tags', 'includes', 'b z', true],
    ['current_tags', 'includes', 'z', false],
    ['current_tags', 'not_includes', 'z y', true],
    ['current_tags', 'not_includes', 'z a', false],
    ['comment_is_public', 'is', 'true', true],
    ['comment_is_public', 'is', 'false', false],
    ['comment_is_public', 'is_not', 'false', true],
    ['comment_is_public', 'is', 'not_relevant', true],
    ['comment_is_public', 'is', 'requester_can_see_comment', true],
    ['ticket_is_public', 'is', 'public', true],
    ['ticket_is_public', 'is_not', 'public', false],
    ['update_type', 'is', 'Change', true],
    ['update_type', 'is', 'Create', false],
    ['role', 'is', 'agent', true],
    ['role', 'is_not', 'end_user', true],
    ['role', 'is', 'end_user', false],
    ['via_id', 'is', '5', true],
    ['via_id', 'is_not', '5', false],
    ['via_id', 'includes', '0 5', true],
    ['via_id', 'includes', '0 4', false],
    ['current_via_id', 'is', '0', true],
    ['current_via_id', 'is_not', '5', true],
    ['status', 'is', 'open', true],
    ['status', 'is_not', 'open', false],
    ['status', 'less_than', 'pending', true],
    ['status', 'less_than', 'open', false],
    ['status', 'greater_than', 'new', true],
    ['status', 'changed', '', true],
    ['status', 'not_changed', '', false],
    ['status', 'value', 'open', true],
    ['status', 'value', 'pending', false],
    ['status', 'not_value', 'pending', true],
    ['status', 'value_previous', 'pending', true],
    ['status', 'not_value_previous', 'pending', false],
    ['requester_id', 'is', '11', true],
    ['requester_id', 'is', 'current_user', false],
    ['requester_id', 'is_not', 'current_user', true],
    ['assignee_id', 'is', '', true],
    ['assignee_id', 'is_not', '', false],
    ['assignee_id', 'changed', '', false],
    ['assignee_id', 'not_changed', '', true],
    ['no_such_field', 'is', '', false],
    ['status', 'no_such_operator', 'open', false],
  ])('%s %s "%s" on the update is %s', (field, operator, value, expected) => {
    expect(holds({ field, operator, value }, update)).toBe(expected);
  });

  it.each([
    ['update_type', 'Create', true],
    ['update_type', 'Change', false],
    ['comment_is_public', 'false', true],
    ['comment_is_public', 'not_relevant', true],
    ['comment_is_public', 'requester_can_see_comment', false],
    ['role', 'end_user', true],
  ])('%s "%s", without operator as in older rules, on the creation is %s', (field, value, expected) => {
    expect(holds({ field, value }, creation)).toBe(expected);
  });

  it('about a comment does not hold without one', () => {
    const silent = someFacts({ comment: undefined });
    expect(holds({ field: 'comment_is_public', operator: 'is', value: 'not_relevant' }, silent)).toBe(false);
    expect(holds({ field: 'comment_is_public', operator: 'is_not', value: 'true' }, silent)).toBe(true);
  });

  it('list takes all of "all" and one of "any"', () => {
    const [yes, no] = [is('update_type', 'Change'), is('update_type', 'Create')].map(({ field, operator }, index) => ({
      field,
      operator,
      value: ['Change', 'Create'][index] ?? '',
    }));
    const list = [yes, no].filter((condition) => condition !== undefined);
    expect(applies({ all: list, any: [] }, update)).toBe(false);
    expect(applies({ all: list.slice(0, 1), any: list }, update)).toBe(true);
    expect(applies({ all: list.slice(0, 1), any: list.slice(1) }, update)).toBe(false);
  });
});

describe('conditions over HTTP', () => {
  const sandbox = aSandbox();

  it('see the token’s owner as current user, also for an end user’s comment', async () => {
    const { api } = await anAccount(sandbox());
    const all = [is('update_type', 'Change'), is('role', 'agent'), is('comment_is_public', 'true'), is('current_via_id', '5')];
    await api.post('/triggers', aTrigger({ all }));
    const ticket = await aTicket(api);
    const requester = (await api.get(`/tickets/${ticket}`)).id('ticket', 'requester_id');
    const reply = await comment(api, ticket, { body: 'x', author_id: requester });
    expect(reply.at('ticket', 'tags')).toEqual(['fired']);
  });

  it('see the agent interface as channel 0', async () => {
    const { api, control } = await anAccount(sandbox());
    await api.post('/triggers', aTrigger({ all: [is('current_via_id', 0), is('via_id', 5)] }));
    const ticket = await aTicket(api);
    await control.act({ do: 'note', ticket, as: 'Ben', text: 'x' });
    expect((await api.get(`/tickets/${ticket}`)).at('ticket', 'tags')).toEqual(['fired']);
  });
});
