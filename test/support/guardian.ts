import { spawn } from 'node:child_process';

/**
 * Ends what a process of the tests has started when that process could not: after a second Ctrl-C, a crash, a SIGKILL.
 * No server and no directory outlives the run.
 */
export interface Guardian {
  /** The process is to end with us. */
  readonly watch: (pid: number) => void;
  /** The process has ended in order; its number may belong to somebody else from now on. */
  readonly forget: (pid: number) => void;
  /** The directory is to go with us. */
  readonly remove: (directory: string) => void;
  /** Resolves when all that is watched is gone. */
  readonly dismiss: () => Promise<void>;
}

// It reads until we are gone, which closes the pipe. A server that was started just then is known by the number that it
// left in a directory of ours. SIGQUIT first: PostgreSQL tidies up its shared memory then.
const SCRIPT = `
pids=
while read -r verb what; do
  case $verb in
    watch) pids="$pids $what" ;;
    forget) kept=; for pid in $pids; do [ "$pid" = "$what" ] || kept="$kept $pid"; done; pids=$kept ;;
    remove) set -- "$@" "$what" ;;
  esac
done
for directory; do
  for file in "$directory"/*/postmaster.pid "$directory"/*.server.json; do
    [ ! -f "$file" ] || pids="$pids $(sed -n -e '1s/^[0-9]*$/&/p' -e 's/^{"pid":\\([0-9]*\\),.*/\\1/p' "$file")"
  done
done
alive() { for pid in $pids; do kill -0 "$pid" && return; done; return 1; }
tries=0
for pid in $pids; do kill -QUIT "$pid"; done
while alive && [ "$tries" -lt 10 ]; do sleep 0.1; tries=$((tries + 1)); done
for pid in $pids; do kill -KILL "$pid"; done
for directory; do rm -rf "$directory"; done
`;

export function startGuardian(): Guardian {
  const guardian = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  const ended = new Promise<void>((resolve) => guardian.once('exit', () => resolve()));
  guardian.unref();
  const tell = (line: string): void => void guardian.stdin.write(`${line}\n`);
  return {
    watch: (pid) => tell(`watch ${pid}`),
    forget: (pid) => tell(`forget ${pid}`),
    remove: (directory) => tell(`remove ${directory}`),
    dismiss: async () => {
      guardian.stdin.end();
      await ended;
    },
  };
}
