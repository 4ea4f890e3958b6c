import type { JsonObject } from '../src/domain/json.ts';

/** What is known of a failed call, for logs, failures and the console. Never a secret, a body or an address of a person. */
export interface SystemErrorFacts extends ErrorOptions {
  /** The HTTP status or protocol code, where there was an answer. */
  readonly status?: number;
}

/** A business system refused or failed a call. Each subclass is one situation and tells the round what to do about it. */
export abstract class SystemError extends Error {
  abstract override readonly name: string;
  readonly status: number | undefined;

  constructor(message: string, facts: SystemErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
  }
}

/** The system takes no more for now. Certainly not applied. */
export class RateLimited extends SystemError {
  override readonly name = 'RateLimited';
  /** When the system takes calls again, in epoch milliseconds. */
  readonly until: number;
  /** `thread`: only this thread waits. Anything else: the account's limit of that name, for all who share the account. */
  readonly scope: string;

  constructor(message: string, facts: SystemErrorFacts & { readonly until: number; readonly scope: string }) {
    super(message, facts);
    this.until = facts.until;
    this.scope = facts.scope;
  }
}

/** The system cannot be reached or says that it is out of order. Certainly not applied. */
export class Unavailable extends SystemError {
  override readonly name = 'Unavailable';
}

/** The account is not called for now, so as not to wait for answers in everyone's way. Certainly not applied. */
export class AccountRests extends SystemError {
  override readonly name = 'AccountRests';
  /** When to come back, in epoch milliseconds. */
  readonly until: number;

  constructor(message: string, facts: SystemErrorFacts & { readonly until: number }) {
    super(message, facts);
    this.until = facts.until;
  }
}

/** The call may or may not have been applied: no answer, or one that does not say. */
export class OutcomeUnknown extends SystemError {
  override readonly name = 'OutcomeUnknown';
}

/** The system does not take this content, now or ever. Certainly not applied. */
export class Refused extends SystemError {
  override readonly name = 'Refused';
}

/** A thread can no longer be written to. */
export abstract class ThreadLost extends SystemError {
  /** Which thread it is. Default: the one that is written to. */
  readonly thread: string | undefined;
  /** Merged into the thread's data, for the one that comes after it. */
  readonly data: JsonObject;

  constructor(message: string, facts: SystemErrorFacts & { readonly thread?: string; readonly data?: JsonObject } = {}) {
    super(message, facts);
    this.thread = facts.thread;
    this.data = facts.data ?? {};
  }
}

/** The thread takes nothing more, but can be followed up. Certainly not applied. */
export class ThreadClosed extends ThreadLost {
  override readonly name = 'ThreadClosed';
}

/** The thread does not exist any more. Certainly not applied. */
export class ThreadGone extends ThreadLost {
  override readonly name = 'ThreadGone';
}

/** The thread talks to somebody else now, who must not read what the app user says. Certainly not applied. */
export class ThreadDiverted extends ThreadLost {
  override readonly name = 'ThreadDiverted';
}

/** The system no longer knows the person in whose name we write, or takes nothing of them. Certainly not applied. */
export class PersonGone extends SystemError {
  override readonly name = 'PersonGone';
  /** The system's id of the person. */
  readonly person: string;

  constructor(message: string, facts: SystemErrorFacts & { readonly person: string }) {
    super(message, facts);
    this.person = facts.person;
  }
}

/** The place where threads are opened is gone: a mailbox, a workspace, a webhook's owner. A person must repair it. */
export class DestinationGone extends SystemError {
  override readonly name = 'DestinationGone';
}

/** The grant is no longer honoured. A person must connect the account again. */
export class CredentialsRevoked extends SystemError {
  override readonly name = 'CredentialsRevoked';
}

/** A request that claims to come from the system is not signed by it, or is stale. */
export class SignatureInvalid extends SystemError {
  override readonly name = 'SignatureInvalid';
}

/** What a person typed to connect or configure an account does not work. The message is for that person. */
export class ConnectRefused extends SystemError {
  override readonly name = 'ConnectRefused';
  /** The field to correct, as declared in the connect flow or the settings. */
  readonly field: string | undefined;

  constructor(message: string, facts: SystemErrorFacts & { readonly field?: string } = {}) {
    super(message, facts);
    this.field = facts.field;
  }
}
