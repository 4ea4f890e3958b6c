import { spawn } from 'node:child_process';

/** Ends the servers of a test run when the run did not: after a second Ctrl-C, a crash, a SIGKILL. */
export interface Guardian {
  watch(pid: number): void;
  /** All is ended in order; only the directory goes. */
  dismiss(): Promise<void>;
}

// It reads until we are gone, which closes the pipe. SIGQUIT first: PostgreSQL tidies up its shared memory then.
const SCRIPT = `
while read -r line; do case $line in done) exec rm -rf "$1" ;; *) pids="$pids $line" ;; esac; done
if [ -n "$pids" ]; then kill -QUIT $pids; sleep 1; kill -KILL $pids; fi
rm -rf "$1"
`;

/** @param directory is removed in the end, in any case. */
export function startGuardian(directory: string): Guardian {
  const guardian = spawn('/bin/sh', ['-c', SCRIPT, 'sh', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  const ended = new Promise<void>((resolve) => guardian.once('exit', () => resolve()));
  guardian.unref();
  return {
    watch: (pid) => void guardian.stdin.write(`${pid}\n`),
    dismiss: async () => {
      guardian.stdin.end('done\n');
      await ended;
    },
  };
}
