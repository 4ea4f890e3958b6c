import { z } from 'zod';
import { openHome } from '../../src/dev/home.ts';

// Opens the data directory, as `npm start` does, and stays until it is killed.
const { cwd } = z.object({ cwd: z.string() }).parse(JSON.parse(process.argv[2] ?? ''));
const home = await openHome({ env: {}, cwd, say: () => undefined });
console.log(JSON.stringify({ pid: process.pid }));
setInterval(() => home.directory, 60_000);
