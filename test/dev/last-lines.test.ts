import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastLines } from '../../src/dev/last-lines.ts';
import { temporaryDirectory } from '../support/ends-with-test.ts';

async function logOf(...lines: readonly string[]): Promise<string> {
  const file = join(await temporaryDirectory(), 'server.log');
  await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

describe('the end of a log that a person is shown', () => {
  it('is its last fifteen lines', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
    expect(await lastLines(await logOf(...lines))).toBe(lines.slice(5).join('\n'));
  });

  it('is what a Go program said before the long trace of its crash', async () => {
    const trace = Array.from({ length: 150 }, (_, index) => `go.uber.org/dig.Call(0x${index}, {0xa847bb0, 0x22a657264b00})`);
    const said = ['level=ERROR msg="Failed to start gRPC listener"', 'panic: invalid memory address'];
    expect(await lastLines(await logOf(...said, '', 'goroutine 1 [running]:', ...trace))).toBe(said.join('\n'));
  });

  it('says so where a server has said nothing, or not even opened its log', async () => {
    const empty = await logOf();
    expect(await lastLines(empty)).toBe('(nothing)');
    expect(await lastLines(`${empty}.other`)).toBe('(no log)');
  });
});
