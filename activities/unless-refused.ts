import { DestinationGone, Refused } from './system-error.ts';

/** What only rounds off the rest is left out where the system refuses it. */
export async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused || error instanceof DestinationGone) return undefined;
    throw error;
  }
}
