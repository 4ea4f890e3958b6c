import type { Installation } from './installation.ts';

/** All that the processes of an installation have logged. */
export const logsOf = async ({ processes }: Installation): Promise<string> =>
  (await Promise.all(processes.map((process) => process.log()))).join('');

/** All events of all workflows, readable. */
export async function historiesOf({ workflows }: Installation): Promise<string> {
  const texts: string[] = [];
  for await (const { workflowId } of workflows.list()) {
    const history = await workflows.getHandle(workflowId).fetchHistory();
    texts.push(JSON.stringify(history, (key, value: unknown) => (key === 'data' ? readable(value) : value)));
  }
  return texts.join('\n');
}

/** Payloads are base64 by the time that they are written as JSON. */
const readable = (data: unknown): unknown => (typeof data === 'string' ? Buffer.from(data, 'base64').toString() : data);

/** Where a text stands, for whoever has to find out how it came there. */
export function excerpt(text: string, of: string): string {
  const at = text.toLowerCase().indexOf(of.toLowerCase());
  return at < 0 ? '' : text.slice(Math.max(0, at - 300), at + 100);
}
