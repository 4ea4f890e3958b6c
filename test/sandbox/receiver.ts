import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A call that arrived. */
export interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Script = 'hang' | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

/** A server that webhooks can call. It answers what `answers` says, one after another, and 200 when that is used up. */
export async function aReceiver(...answers: Script[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => void take(request, response));
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    const answer = answers.shift() ?? { status: 200 };
    if (answer !== 'hang') response.writeHead(answer.status, answer.headers).end('noted');
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    /** The calls, as soon as there are so many; fewer if that takes more than half a minute. */
    async calls(count: number): Promise<readonly Received[]> {
      await eventually(() => received.length >= count);
      return received;
    },
  };
}

/** Waits until something is so, for half a minute at most, and answers whether it is. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) if (await isSo()) return true;
  return isSo();
}
