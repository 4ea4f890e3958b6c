import { z } from 'zod';
import type { JsonObject } from '../../src/domain/json.ts';
import { TAG } from './plan.ts';
import type { Condition, Trigger } from './trigger.ts';

/** Keeps a trigger from acting on tickets of ours: "Tags contains none of the following: smooch". */
export const CONDITION = { field: 'current_tags', operator: 'not_includes', value: TAG };

const Mail = z.tuple([z.enum(['requester_id', 'requester_and_ccs'])], z.unknown());

/** Whether a trigger sends the requester of a ticket a mail. App users read what they are told in the app. */
export const mailsRequester = ({ actions }: Trigger): boolean =>
  actions.some(({ field, value }) => field === 'notification_user' && Mail.safeParse(value).success);

/** Whether a trigger leaves tickets of ours alone, whoever saw to that. A condition's value is a list of tags, none of which may be there. */
export const sparesOurs = ({ conditions }: Trigger): boolean =>
  conditions.all.some(
    ({ field, operator, value }) => field === CONDITION.field && operator === CONDITION.operator && tagsOf(value).includes(TAG),
  );

const tagsOf = (value: unknown): readonly string[] => (typeof value === 'string' ? value.toLowerCase().split(/\s+/) : []);

/** Whether a condition is the one that we add, to the letter. */
export const isOurCondition = (condition: Pick<Condition, 'field' | 'operator' | 'value'>): boolean =>
  condition.field === CONDITION.field && condition.operator === CONDITION.operator && condition.value === CONDITION.value;

/** What is kept, in the account's data, of triggers of others: by trigger id. */
const Kept = z.object({
  /** The conditions that we added, and nothing else that looks like them: these are removed at the end. */
  conditions: z
    .record(
      z.string(),
      z.object({
        title: z.string(),
        addedAt: z.number(),
        /** After our change the trigger read otherwise than it should, in its version of that time. */
        differsIn: z.string().optional(),
      }),
    )
    .default({}),
  /** Triggers that Zendesk did not let us change, in their version of that time. */
  refused: z.record(z.string(), z.object({ version: z.string(), said: z.string() })).default({}),
});
export type Kept = z.infer<typeof Kept>;

export const keptOf = (data: JsonObject): Kept => Kept.parse({ conditions: data['conditions'], refused: data['refused'] });
