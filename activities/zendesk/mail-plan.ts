import type { ResourcePlan, ResourceStep } from '../resources.ts';
import { isOurCondition, mailsRequester, sparesOurs } from './mail-condition.ts';
import type { Kept } from './mail-condition.ts';
import { isDeskbridges } from './trigger.ts';
import type { Trigger } from './trigger.ts';

/** What a plan for the triggers of others goes by. */
export interface MailPlanInput {
  readonly triggers: readonly Trigger[];
  readonly kept: Kept;
  /** Another installation is at work on the account: each adds a condition of its own, so that each can leave without regard to the other. */
  readonly hasCompany: boolean;
}

/** Every active trigger that mails the requester gets the condition that spares tickets of ours. */
export function planConditions({ triggers, kept, hasCompany }: MailPlanInput): ResourcePlan {
  const steps: ResourceStep[] = [];
  const notices: string[] = [];
  for (const trigger of triggers.filter((one) => mailsRequester(one) && !isDeskbridges(one))) {
    const isOurs = kept.conditions[trigger.id] !== undefined;
    const isDone = sparesOurs(trigger) && (isOurs || !hasCompany);
    const hindrance = isDone ? undefined : hindranceOf(trigger, kept);
    if (hindrance !== undefined) notices.push(`Trigger '${trigger.title}' mails the requester. ${hindrance}`);
    else if (!isDone)
      steps.push(step('addCondition', trigger, `add condition to trigger '${trigger.title}'`, { beside: hasCompany }));
    if (isOurs && kept.conditions[trigger.id]?.differsIn === trigger.updated_at) notices.push(differs(trigger));
  }
  return { steps, notices };
}

/** Why a trigger stays as it is, and what a person can do. */
function hindranceOf(trigger: Trigger, kept: Kept): string | undefined {
  if (!trigger.active)
    return 'It is inactive. When somebody activates it, it gets its condition within ten minutes; until then it may mail app users.';
  if (trigger.app_installation !== null && trigger.app_installation !== undefined)
    return `It belongs to an app of your Zendesk, so we may not edit it: app users with an e-mail address get its mails. ${BY_HAND}`;
  const refused = kept.refused[trigger.id];
  if (refused?.version !== trigger.updated_at) return undefined;
  return `Zendesk does not let us add the condition: ${refused.said} Correct the trigger; when it is saved, we try again. ${BY_HAND}`;
}

const BY_HAND = "To do it yourself, add 'Tags – contains none of the following – smooch' under 'meet ALL conditions'.";

const differs = ({ title }: Trigger): string =>
  `Trigger '${title}' read otherwise after we added its condition than we had left it: somebody edited it in that moment, or Zendesk rewrote a part of it. Look at it once; this notice goes when it is saved again.`;

/** The conditions that we added are removed; those that only look like them stay, and are told of. */
export function planConditionsAway({ triggers, kept, hasCompany }: MailPlanInput): ResourcePlan {
  const steps: ResourceStep[] = [];
  const notices: string[] = [];
  for (const trigger of triggers) {
    if (!trigger.conditions.all.some(isOurCondition)) continue;
    const refused = kept.refused[trigger.id];
    if (kept.conditions[trigger.id] === undefined) {
      if (!hasCompany)
        notices.push(
          `Trigger '${trigger.title}' has the condition 'Tags – contains none of – smooch', which we did not add: it stays.`,
        );
    } else if (refused?.version === trigger.updated_at) {
      notices.push(
        `Zendesk does not let us remove our condition from trigger '${trigger.title}': ${refused.said} Remove it by hand.`,
      );
    } else steps.push(step('removeCondition', trigger, `remove our condition from trigger '${trigger.title}'`, {}));
  }
  return { steps, notices };
}

const step = (name: string, { id }: Trigger, summary: string, detail: { readonly beside?: boolean }): ResourceStep => ({
  name,
  summary,
  detail: { id, ...detail },
});
