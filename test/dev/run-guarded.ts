import { spawn } from 'node:child_process';
import { z } from 'zod';
import { startGuardian } from '../support/guardian.ts';

// Starts a "server" under a guardian, as a test run does, and stays until it is killed.
const { directory } = z.object({ directory: z.string() }).parse(JSON.parse(process.argv[2] ?? ''));
const guardian = startGuardian();
guardian.remove(directory);
const server = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
if (server.pid !== undefined) guardian.watch(server.pid);
console.log(JSON.stringify({ pid: server.pid }));
setInterval(() => undefined, 60_000);
