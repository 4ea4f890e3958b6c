import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { end, listen } from '../../support/listen.ts';

/** A receiver of webhooks: a server of the app's owner, which answers as the test says. */
export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Texts in the order of their first arrival: a receiver knows messages by their ids. */
  texts(conversation?: string): readonly string[];
  /** What to do with the next requests, first one first; then 200 again. */
  answer(...answers: readonly Answer[]): void;
  readonly fired: number;
  /** Answers 200 from now on. */
  forget(): void;
  close(): Promise<void>;
}

export interface ReceivedRequest {
  readonly headers: IncomingMessage['headers'];
  readonly body: WebhookBody;
}

const WebhookBody = z.looseObject({
  trigger: z.string(),
  version: z.string().optional(),
  conversation: z.object({ _id: z.string() }),
  messages: z.array(z.looseObject({ _id: z.string(), text: z.string(), role: z.string() })),
});
export type WebhookBody = z.infer<typeof WebhookBody>;

/** A status; `drop`: take the request and close without an answer; `refuse`: close before the request is read. */
export type Answer = number | 'drop' | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

export async function startReceiver(): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const script: Answer[] = [];
  let fired = 0;
  const server = createServer((request, response) => {
    void read(request).then((text) => {
      const next = script.shift();
      if (next !== undefined) fired += 1;
      const status = next === undefined ? 200 : typeof next === 'number' ? next : next === 'drop' ? 200 : next.status;
      if (status < 300) requests.push({ headers: request.headers, body: WebhookBody.parse(JSON.parse(text)) });
      if (next === 'drop') return request.socket.destroy();
      return response.writeHead(status, typeof next === 'object' ? next.headers : {}).end();
    });
  });
  const url = await listen(server);
  return {
    url: `${url}/hook`,
    requests,
    texts: (conversation) => {
      const seen = new Map(
        requests
          .filter(({ body }) => conversation === undefined || body.conversation._id === conversation)
          .flatMap(({ body }) => body.messages.map((message) => [message._id, message.text] as const))
          .toReversed(),
      );
      return [...seen].toReversed().map(([, text]) => text);
    },
    answer: (...answers) => void script.push(...answers),
    get fired() {
      return fired;
    },
    forget: () => void script.splice(0),
    close: () => end(server),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
