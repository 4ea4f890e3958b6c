import { createServer, request as ask } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { end, listen } from '../../support/listen.ts';

/** Stands between Deskbridge and a vendor, and keeps back answers: what was asked for is done, and nobody is told. */
export interface Gate {
  readonly url: string;
  /** Keeps back the next answer to such a request, for ever. @returns when that answer has come. */
  keepBack(method: string, path: RegExp): Promise<void>;
  close(): Promise<void>;
}

interface Held {
  readonly method: string;
  readonly path: RegExp;
  readonly isHeld: () => void;
}

/** @param target where requests go on to: `http://127.0.0.1:…`. */
export async function openGate(target: string): Promise<Gate> {
  const held: Held[] = [];
  const server = createServer((request, response) => pass(request, response, target, held));
  const url = await listen(server);
  return {
    url,
    keepBack: (method, path) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held.push({ method, path, isHeld: resolve });
      return promise;
    },
    close: () => end(server),
  };
}

function pass(request: IncomingMessage, response: ServerResponse, target: string, held: Held[]): void {
  const { method = '', url = '', headers } = request;
  const index = held.findIndex((one) => one.method === method && one.path.test(url));
  const [hold] = index < 0 ? [] : held.splice(index, 1);
  const onward = ask(`${target}${url}`, { method, headers }, (answer) => {
    if (hold !== undefined) {
      answer.resume();
      return hold.isHeld();
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.once('error', () => response.destroy());
  request.pipe(onward);
}
