import { emptyDatabase } from '../support/database.ts';

/** An empty database for a sandbox. */
export async function freshDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const database = await emptyDatabase();
  return { url: database.url, drop: () => database.drop() };
}
