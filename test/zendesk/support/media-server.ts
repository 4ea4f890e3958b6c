import { createServer } from 'node:http';
import { end, listen } from '../../support/listen.ts';

/** Where an app keeps the files of its users. */
export interface MediaServer {
  readonly url: string;
  /** How often each path was fetched. */
  readonly fetched: (path: string) => number;
  close(): Promise<void>;
}

const FILES: Readonly<Record<string, { readonly type: string; readonly body: string | Buffer }>> = {
  '/photo.png': { type: 'image/png', body: 'a picture' },
  '/photo': { type: 'image/jpeg; charset=binary', body: 'another picture' },
  '/report.pdf': { type: 'application/pdf', body: 'a report' },
  '/huge.bin': { type: 'application/octet-stream', body: Buffer.alloc(60 * 1024 * 1024) },
};
const MOVED: Readonly<Record<string, string>> = {
  '/moved.png': '/photo.png',
  '/round.png': '/round.png',
  '/away.png': 'http://10.0.0.1/photo.png',
};

export async function startMediaServer(): Promise<MediaServer> {
  const fetched = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    fetched.set(path, (fetched.get(path) ?? 0) + 1);
    const file = FILES[path];
    if (file !== undefined) return response.writeHead(200, { 'content-type': file.type }).end(file.body);
    const location = MOVED[path];
    return location === undefined ? response.writeHead(404).end() : response.writeHead(302, { location }).end();
  });
  const url = await listen(server);
  return { url, fetched: (path) => fetched.get(path) ?? 0, close: () => end(server) };
}
