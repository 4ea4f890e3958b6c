import { open } from 'node:fs/promises';

const TAIL_BYTES = 32_768;
/** Where the trace of a Go program that crashed begins: it says why above that, and goes on for a hundred lines. */
const TRACE = /^goroutine \d+ \[/m;

/** The end of a log file, for a message to a person: where servers say why they ended. */
export async function lastLines(file: string, lines = 15): Promise<string> {
  try {
    await using log = await open(file);
    const { size } = await log.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await log.read({ buffer: Buffer.alloc(TAIL_BYTES), position: start });
    const text = (buffer.toString('utf8', 0, bytesRead).split(TRACE)[0] ?? '').trimEnd();
    return text === '' ? '(nothing)' : text.split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}
