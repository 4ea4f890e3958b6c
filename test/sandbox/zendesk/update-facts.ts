import type { UpdateFacts } from '../../../src/sandbox/zendesk/triggers/conditions.ts';
import type { Status, Ticket } from '../../../src/sandbox/zendesk/tickets/ticket.ts';
import { via } from '../../../src/sandbox/zendesk/tickets/via.ts';
import type { Role, User } from '../../../src/sandbox/zendesk/users/user.ts';

export interface FactParts {
  readonly tags?: string[];
  readonly status?: Status;
  /** Undefined: the ticket is being created. */
  readonly statusBefore?: Status | undefined;
  readonly comment?: { readonly public: boolean } | undefined;
  readonly role?: Role;
}

/** An update of a ticket made through the API, by user 7 in the agent interface, whose requester is user 11. */
export function someFacts({ tags = [], status = 'open', statusBefore, comment, role = 'agent' }: FactParts): UpdateFacts {
  const ticket = aTicketWith({ tags, status });
  const before = statusBefore && { ...ticket, status: statusBefore };
  return { before, ticket, comment, actor: aUserWith(role), viaId: 0 };
}

const aTicketWith = (parts: Pick<Ticket, 'tags' | 'status'>): Ticket => ({
  id: 1,
  external_id: null,
  subject: 'Help',
  description: 'x',
  priority: null,
  type: null,
  requester_id: 11,
  submitter_id: 11,
  assignee_id: null,
  brand_id: 1,
  email_cc_ids: [],
  custom_fields: [],
  followup_ids: [],
  is_public: true,
  via: via('api'),
  via_id: 5,
  created_at: 0,
  updated_at: 0,
  public_by_default: true,
  comment_count: 1,
  solved_at: null,
  closed_at: null,
  deleted: false,
  change: 1,
  ...parts,
});

const aUserWith = (role: Role): User => ({
  id: 7,
  name: 'Somebody',
  email: null,
  role,
  external_id: null,
  alias: null,
  signature: null,
  notes: null,
  details: null,
  phone: null,
  locale: 'en-US',
  time_zone: 'UTC',
  tags: [],
  user_fields: {},
  photo_url: null,
  verified: false,
  active: true,
  created_at: 0,
  updated_at: 0,
});
