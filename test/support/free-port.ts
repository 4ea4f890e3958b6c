import { createServer } from 'node:net';
import { isFree } from '../../src/dev/ports.ts';

/** Below what Linux, macOS and Windows give to connections and to servers that ask for any port. */
const RANGE = { first: 12_000, last: 29_999 };
/** How many one process has: the first is held as the sign that the others are its own. */
const SLICE = 100;

let slice: Promise<number> | undefined;
let asked = 0;

/**
 * A port for a server that starts later, and perhaps again after a while: until then no connection gets it by chance, nor does
 * another process that asks here.
 */
export async function freePort(): Promise<number> {
  const held = await (slice ??= holdSlice());
  for (let tries = 1; tries < SLICE; tries += 1) {
    const port = held + 1 + (asked++ % (SLICE - 1));
    if (await isFree(port)) return port;
  }
  throw new Error(`none of the ports ${held + 1} to ${held + SLICE - 1} is free`);
}

async function holdSlice(): Promise<number> {
  for (let port = RANGE.first; port < RANGE.last; port += SLICE) if (await hold(port)) return port;
  throw new Error(`every hundredth port from ${RANGE.first} to ${RANGE.last} is taken`);
}

/** Holds a port for as long as this process lives, unless somebody else has it. */
function hold(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
    server.unref();
  });
}
