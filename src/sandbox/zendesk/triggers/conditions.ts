import { STATUSES, type Ticket } from '../tickets/ticket.ts';
import { isAgent, type User } from '../users/user.ts';
import type { Condition, Trigger } from './trigger.ts';

/** What conditions are held against. */
export interface UpdateFacts {
  /** Undefined when the ticket is being created. */
  readonly before: Ticket | undefined;
  readonly ticket: Ticket;
  readonly comment: { readonly public: boolean } | undefined;
  readonly actor: User;
  /** The channel of this update. */
  readonly viaId: number;
}

type Test = (condition: Condition, facts: UpdateFacts) => boolean;

/** Whether a trigger applies: all of `all`, and at least one of `any` if there are any. */
export function applies(conditions: Trigger['conditions'], facts: UpdateFacts): boolean {
  const holds = (condition: Condition): boolean => TESTS[condition.field]?.(condition, facts) ?? false;
  return conditions.all.every(holds) && (conditions.any.length === 0 || conditions.any.some(holds));
}

/** Whether there is such a field in conditions. */
export const isConditionField = (field: string): boolean => Object.hasOwn(TESTS, field);

const TESTS: Readonly<Record<string, Test>> = {
  current_tags: tagsTest,
  comment_is_public: (condition, facts) => equality(condition, commentFits(textOf(condition), facts)),
  ticket_is_public: (condition, facts) =>
    equality(condition, textOf(condition) === (facts.ticket.is_public ? 'public' : 'private')),
  update_type: (condition, facts) => equality(condition, textOf(condition) === (facts.before ? 'Change' : 'Create')),
  role: (condition, facts) => equality(condition, roleFits(textOf(condition), facts.actor)),
  via_id: (condition, facts) => viaTest(condition, facts.ticket.via_id),
  current_via_id: (condition, facts) => viaTest(condition, facts.viaId),
  status: statusTest,
  priority: (condition, facts) => valueTest(condition, facts.before?.priority ?? '', facts.ticket.priority ?? ''),
  type: (condition, facts) => valueTest(condition, facts.before?.type ?? '', facts.ticket.type ?? ''),
  brand_id: (condition, facts) => valueTest(condition, numbered(facts.before?.brand_id), numbered(facts.ticket.brand_id)),
  requester_id: personTest('requester_id'),
  assignee_id: personTest('assignee_id'),
};

const textOf = (condition: Condition): string => {
  const { value } = condition;
  return typeof value === 'object' || value === undefined || value === null ? '' : String(value);
};
const numbered = (id: number | null | undefined): string => (id === null || id === undefined ? '' : String(id));

/** `is` and `is_not`; older rules leave the operator out and mean `is`. */
function equality(condition: Condition, isSo: boolean): boolean {
  const operator = condition.operator ?? 'is';
  return operator === 'is' ? isSo : operator === 'is_not' && !isSo;
}

function tagsTest(condition: Condition, { ticket }: UpdateFacts): boolean {
  const tags = textOf(condition).toLowerCase().split(/\s+/);
  const hasOne = tags.some((tag) => ticket.tags.includes(tag));
  return condition.operator === 'includes' ? hasOne : condition.operator === 'not_includes' && !hasOne;
}

function commentFits(value: string, { comment }: UpdateFacts): boolean {
  if (value === 'not_relevant') return comment !== undefined;
  if (value === 'true' || value === 'requester_can_see_comment') return comment?.public === true;
  return value === 'false' && comment?.public === false;
}

function roleFits(value: string, actor: User): boolean {
  if (value === 'agent') return isAgent(actor);
  if (value === 'end_user') return !isAgent(actor);
  return value === String(actor.id);
}

function viaTest(condition: Condition, viaId: number): boolean {
  const { value } = condition;
  const listed = Array.isArray(value) ? value.map(String) : textOf(condition).split(/[\s,]+/);
  if (condition.operator === 'includes') return listed.includes(String(viaId));
  return equality(condition, textOf(condition) === String(viaId));
}

const rank = (status: string): number => STATUSES.findIndex((known) => known === status);

function statusTest(condition: Condition, facts: UpdateFacts): boolean {
  if (condition.operator === 'less_than') return rank(facts.ticket.status) < rank(textOf(condition));
  if (condition.operator === 'greater_than') return rank(facts.ticket.status) > rank(textOf(condition));
  return valueTest(condition, facts.before?.status ?? '', facts.ticket.status);
}

function personTest(field: 'requester_id' | 'assignee_id'): Test {
  return (condition, facts) => {
    const value = textOf(condition) === 'current_user' ? String(facts.actor.id) : textOf(condition);
    return valueTest(condition, numbered(facts.before?.[field]), numbered(facts.ticket[field]), value);
  };
}

/** `value` is "changed to", `value_previous` "changed from"; each has a `not_` form. */
function valueTest(condition: Condition, before: string, after: string, wanted = textOf(condition)): boolean {
  const changed = before !== after;
  switch (condition.operator ?? 'is') {
    case 'is':
      return after === wanted;
    case 'is_not':
    case 'not_is':
      return after !== wanted;
    case 'changed':
      return changed;
    case 'not_changed':
      return !changed;
    case 'value':
      return changed && after === wanted;
    case 'not_value':
      return !(changed && after === wanted);
    case 'value_previous':
      return changed && before === wanted;
    case 'not_value_previous':
      return !(changed && before === wanted);
    default:
      return false;
  }
}
