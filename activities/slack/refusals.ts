import {
  CredentialsRevoked,
  DestinationGone,
  OutcomeUnknown,
  Refused,
  ThreadClosed,
  ThreadGone,
  Unavailable,
} from '../system-error.ts';

/** Slack no longer honours the token. */
export const REVOKED: ReadonlySet<string> = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'team_not_found',
]);

/** A person has to repair something in the workspace. */
const BLOCKED = new Set([
  'missing_scope',
  'no_permission',
  'team_access_not_granted',
  'ekm_access_denied',
  'access_denied',
  'restricted_action',
  'cannot_create_channel',
  'user_is_restricted',
  'accesslimited',
]);

/** A channel in which we can do nothing for now. */
export const THREAD_CLOSED: readonly string[] = ['is_archived', 'not_in_channel'];

/** Slack writes it in both ways. */
export const LIMITED: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited']);

/** Part of the work may have been done. */
const HALF_DONE = new Set(['internal_error', 'fatal_error']);

const OUT_OF_ORDER = new Set(['service_unavailable', 'request_timeout', 'team_added_to_org', 'org_login_required']);

/** Whether a code says no more than that it may work later. */
export const isPassing = (code: string): boolean => LIMITED.has(code) || HALF_DONE.has(code) || OUT_OF_ORDER.has(code);

/** Codes of posting where it is not allowed, which also bind apps. */
export const POSTING_RESTRICTED: readonly string[] = [
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'no_permission',
];

export interface RefusalDetails {
  /** The right that is lacking. */
  readonly needed: string | undefined;
  /** What Slack says more, without the words of people. */
  readonly said: string;
}

/**
 * What a code of Slack's means for us. One that is not known refuses this content, now and ever: it is tried in a plainer form, and
 * then set aside for a person.
 */
export function refusalOf(
  call: { readonly method: string; readonly writes: boolean; readonly inThread?: boolean },
  code: string,
  { needed, said }: RefusalDetails,
): Error {
  const message = `Slack answers ${code} to ${call.method}${said === '' ? '' : ` (${said})`}`;
  if (REVOKED.has(code))
    return new CredentialsRevoked(`Slack no longer accepts our access (${code}). Connect the account again.`);
  if (call.inThread === true && code === 'channel_not_found') return new ThreadGone(message);
  if (call.inThread === true && THREAD_CLOSED.includes(code)) return new ThreadClosed(message);
  if (BLOCKED.has(code)) return new DestinationGone(`${message}. ${repairOf(call, code, needed)}`);
  if (HALF_DONE.has(code)) return call.writes ? new OutcomeUnknown(message) : new Unavailable(message);
  if (OUT_OF_ORDER.has(code)) return new Unavailable(message);
  return new Refused(message);
}

function repairOf({ inThread }: { readonly inThread?: boolean }, code: string, needed: string | undefined): string {
  if (inThread === true && (code.startsWith('restricted_action') || needed?.startsWith('groups:') === true))
    return 'Somebody made the channel of a person private, or limited who may post there: take that back, or archive the channel and a new one is made.';
  if (code === 'missing_scope') return `The right ${needed ?? ''} was not granted. Connect the workspace again to grant it.`;
  if (code === 'restricted_action' || code === 'cannot_create_channel' || code === 'user_is_restricted')
    return 'The workspace does not let the Slack app make channels. An owner allows it under Settings → Permissions → Channel management.';
  return 'An owner of the workspace has to allow the Slack app what it needs. Then connect the workspace again.';
}
