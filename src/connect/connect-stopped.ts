/** A connect flow cannot go on. The message is for the person at the browser: what happened, and what to do. */
export class ConnectStopped extends Error {
  override readonly name = 'ConnectStopped';
}
