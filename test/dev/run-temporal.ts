import { z } from 'zod';
import { startTemporal } from '../../src/dev/temporal-server.ts';

// Starts a Temporal dev server, as `npm start` does, and stays until it is killed.
const options = z.object({ cli: z.string(), dataFile: z.string(), port: z.number(), namespace: z.string(), logFile: z.string() });
const parsed = options.parse(JSON.parse(process.argv[2] ?? ''));
const { pid } = await startTemporal({ ...parsed, env: process.env, say: () => undefined });
console.log(JSON.stringify({ pid }));
setInterval(() => undefined, 60_000);
