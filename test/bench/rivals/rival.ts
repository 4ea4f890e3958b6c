/** Another way to do the same job: keep a message safe, collect for a window, then have one delivery for the conversation. */
export interface Rival {
  readonly name: string;
  /** Returns when the message is safe and its delivery is planned. */
  accept(conversation: string, text: string): Promise<void>;
  /** Starts delivering. @returns how to stop. */
  start(deliver: (conversation: string) => Promise<void>): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
