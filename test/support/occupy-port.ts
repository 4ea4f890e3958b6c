import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** Occupies a port on 127.0.0.1 for the rest of the test; which one, is its answer. */
export async function occupyPort(port = 0): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
