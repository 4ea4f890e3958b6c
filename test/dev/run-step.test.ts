import { describe, expect, it } from 'vitest';
import { runStep } from '../../src/dev/run-step.ts';

function step(script: string, said: string[] = []): Promise<string | undefined> {
  return runStep({
    doing: 'building',
    command: '/bin/sh',
    args: ['-c', script],
    env: process.env,
    say: (line) => void said.push(line),
    timeoutMs: 500,
    everyMs: 20,
  });
}

describe('a step that takes its time', () => {
  it('shows that it lives', async () => {
    const said: string[] = [];
    expect(await step('sleep 0.2', said)).toBeUndefined();
    expect(said.length).toBeGreaterThan(1);
    expect(said[0]).toBe('… building, 0 s');
  });

  it('says with the end of its output why it failed', async () => {
    expect(await step('echo "no space left on device" >&2; exit 3')).toBe('no space left on device');
    expect(await step('exit 3')).toBe('ended with status 3');
  });

  it('is given up when it takes too long', async () => {
    expect(await step('exec sleep 60')).toBe('gave up after 1 s');
  });

  it('fails where there is no such program', async () => {
    const failure = runStep({ doing: '', command: '/missing', args: [], env: {}, say: () => undefined, timeoutMs: 500 });
    expect(await failure).toContain('ENOENT');
  });
});
