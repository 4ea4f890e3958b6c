/** How much is measured. The figures that are published come from `FULL`. */
export interface Scale {
  /** Between a conversation's first message and its batch, ms. */
  readonly windowMs: number;
  /** Accounts of the sandbox's Zendesk, whose limits are out of the way, each with an app of its own. */
  readonly accounts: number;
  /** People with a conversation, spread over the accounts. Their tickets are opened before anything is measured. */
  readonly people: number;
  /** Messages that are accepted as fast as they are taken. */
  readonly messages: number;
  /** Conversations that get a message at the same time, and how often that is done. */
  readonly batches: number;
  readonly runs: number;
  /** For how long a steady load lasts, s. */
  readonly steadySeconds: number;
  /** Conversations in the database, before and after it has grown. */
  readonly small: number;
  readonly large: number;
  /** What is held while access is revoked: so many messages in each of so many conversations. */
  readonly heldConversations: number;
  readonly heldEach: number;
}

export const FULL: Scale = {
  windowMs: 1_000,
  accounts: 32,
  people: 2_000,
  messages: 4_000,
  batches: 400,
  runs: 3,
  steadySeconds: 20,
  small: 1_000,
  large: 100_000,
  heldConversations: 100,
  heldEach: 100,
};

/** To see that the benchmark works, in a minute. */
export const QUICK: Scale = {
  ...FULL,
  accounts: 4,
  people: 120,
  messages: 400,
  batches: 60,
  runs: 1,
  steadySeconds: 3,
  large: 3_000,
  heldConversations: 10,
};
