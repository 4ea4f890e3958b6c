import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { eventually } from '../receiver.ts';

/** A request that Slack made. */
export interface Hooked {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
type Script = Reply | 'hang';

/** An app's server: it answers challenges, and everything else as it is told, one after another; then 200 with nothing. */
export async function anAppServer(...answers: Script[]) {
  const received: Hooked[] = [];
  const challenges: Hooked[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const hooked = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    if (hooked.body.includes('"url_verification"')) {
      challenges.push(hooked);
      return void response.end(String(/"challenge":"(\w+)"/.exec(hooked.body)?.[1]));
    }
    received.push(hooked);
    const answer = answers.shift() ?? {};
    if (answer !== 'hang') response.writeHead(answer.status ?? 200, answer.headers).end(answer.body ?? '');
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening on a port');
  return {
    url: `http://127.0.0.1:${address.port}/hooks/slack`,
    received,
    challenges,
    /** The events, as soon as there are so many; fewer if that takes more than half a minute. */
    async events(count: number): Promise<readonly unknown[]> {
      await eventually(() => received.length >= count);
      return received.map(({ body }): unknown => JSON.parse(body));
    },
    /** The requests, as soon as there are so many. */
    async requests(count: number): Promise<readonly Hooked[]> {
      await eventually(() => received.length >= count);
      return received;
    },
  };
}

/** The signature that a request must carry, computed as Slack documents it. */
export const expectedSignature = (secret: string, { headers, body }: Hooked): string =>
  `v0=${createHmac('sha256', secret)
    .update(`v0:${String(headers['x-slack-request-timestamp'])}:${body}`)
    .digest('hex')}`;
