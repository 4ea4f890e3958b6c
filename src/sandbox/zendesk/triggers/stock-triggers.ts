import type { ZendeskSession } from '../account/session.ts';
import { type Trigger, triggerCategories, triggers } from './trigger.ts';

type Stock = Pick<Trigger, 'title' | 'description' | 'conditions' | 'actions'>;

const is = (field: string, value: string) => ({ field, operator: 'is', value });
const isNot = (field: string, value: string) => ({ field, operator: 'is_not', value });
const mail = (recipient: string, subject: string, body: string) => ({
  field: 'notification_user',
  value: [recipient, subject, body],
});

const RECEIVED = 'Your request ({{ticket.id}}) has been received and is being reviewed by our support staff.';
const UPDATED =
  'Your request ({{ticket.id}}) has been updated. To add additional comments, reply to this email.\n\n{{ticket.comments_formatted}}';

/** The triggers that come with an account and mail people. */
const STOCK: readonly Stock[] = [
  {
    title: 'Notify requester and CCs of received request',
    description: 'Notifies the requester and CCs that their request was received and has become a ticket',
    conditions: {
      all: [
        is('update_type', 'Create'),
        isNot('status', 'solved'),
        is('ticket_is_public', 'public'),
        is('comment_is_public', 'true'),
        is('role', 'end_user'),
      ],
      any: [],
    },
    actions: [mail('requester_and_ccs', '[Request received] {{ticket.title}}', `${RECEIVED}\n\n{{ticket.comments_formatted}}`)],
  },
  {
    title: 'Notify requester of new proactive ticket',
    description: 'Notifies the requester when an agent creates a ticket on their behalf',
    conditions: { all: [is('update_type', 'Create'), is('ticket_is_public', 'public'), is('role', 'agent')], any: [] },
    actions: [
      mail(
        'requester_id',
        '{{ticket.title}}',
        'This email was sent because a request ({{ticket.id}}) was opened for you.\n\n{{ticket.comments_formatted}}',
      ),
    ],
  },
  {
    title: 'Notify requester and CCs of comment update',
    description: 'Notifies the requester and CCs when a public comment is added to the ticket',
    conditions: { all: [is('update_type', 'Change'), is('comment_is_public', 'true')], any: [] },
    actions: [mail('requester_and_ccs', '[{{ticket.account}}] Re: {{ticket.title}}', UPDATED)],
  },
  {
    title: 'Notify requester of solved request',
    description: 'Notifies the requester that the ticket has been solved',
    conditions: { all: [{ field: 'status', operator: 'value', value: 'solved' }], any: [] },
    actions: [
      mail(
        'requester_id',
        '[{{ticket.account}}] Solved: {{ticket.title}}',
        'Your request ({{ticket.id}}) has been deemed solved.\n\n{{ticket.comments_formatted}}',
      ),
    ],
  },
  {
    title: 'Notify all agents of received request',
    description: 'Notifies all agents that a ticket has been created',
    conditions: { all: [is('update_type', 'Create'), isNot('status', 'solved')], any: [] },
    actions: [
      mail(
        'all_agents',
        '[{{ticket.account}}] {{ticket.title}}',
        'A ticket (#{{ticket.id}}) by {{ticket.requester.name}} has been received.\n\n{{ticket.comments_formatted}}',
      ),
    ],
  },
];

/** Gives an account the triggers that Zendesk gives a new one. */
export async function addStockTriggers(session: ZendeskSession): Promise<void> {
  const times = { created_at: session.now, updated_at: session.now };
  const category = { id: String(session.nextId()), name: 'Notifications', position: 1, ...times };
  await session.store.put(triggerCategories, category);
  for (const [index, stock] of STOCK.entries()) {
    const own = { id: session.nextId(), active: true, position: index + 1, category_id: category.id };
    await session.store.put(triggers, { ...stock, ...own, default: true, app_installation: null, ...times });
  }
}
