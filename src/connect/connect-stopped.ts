/** A connect flow cannot go on. The message is for the person at the browser: what happened, and what to do. */
export class ConnectStopped extends Error {
  override readonly name = 'ConnectStopped';
  /** The page of ours that tells it, where there is one. */
  readonly toldAt: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly toldAt?: string | undefined } = {}) {
    super(message, options);
    this.toldAt = options.toldAt;
  }
}
