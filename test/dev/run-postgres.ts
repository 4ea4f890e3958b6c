import { z } from 'zod';
import { startPostgres } from '../../src/dev/postgres.ts';

// Starts PostgreSQL, as `npm start` does, and stays until it is killed.
const options = z.object({ dataDir: z.string(), port: z.number(), password: z.string(), logFile: z.string() });
const { pid } = await startPostgres({ ...options.parse(JSON.parse(process.argv[2] ?? '')), say: () => undefined });
console.log(JSON.stringify({ pid }));
setInterval(() => undefined, 60_000);
