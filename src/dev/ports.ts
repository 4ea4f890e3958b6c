import { connect, createServer } from 'node:net';

const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** Whether a server answers on the port of this machine. */
export async function isListening(port: number, host: string = LOOPBACK[0]): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const finish = (answers: boolean): void => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => finish(true));
    socket.once('error', () => finish(false));
  });
}

/**
 * Whether we can have the port on 127.0.0.1, and nobody else answers for `localhost` on it.
 *
 * Asked in both ways, because some systems let one bind an address of a port whose other addresses are taken.
 */
export async function isFree(port: number): Promise<boolean> {
  for (const host of LOOPBACK) if (await isListening(port, host)) return false;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK[0], () => server.close(() => resolve(true)));
  });
}
