import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the compiler says to a workflow with this line, under the workflows' own settings. */
async function compile(line: string): Promise<string> {
  const project = await mkdtemp(join(tmpdir(), 'deskbridge-types-'));
  try {
    await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
    await symlink(join(root, 'node_modules'), join(project, 'node_modules'));
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, 'workflows/tsconfig.json'), include: ['.'] }),
    );
    await writeFile(join(project, 'workflow.ts'), `import { sleep } from '@temporalio/workflow';\n${line}\nexport { sleep };\n`);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const run = promisify(execFile)(process.execPath, [tsc, '-p', project]);
    const { stdout } = await run.catch((error: unknown) => z.object({ stdout: z.string() }).parse(error));
    return stdout;
  } finally {
    await rm(project, { recursive: true });
  }
}

describe('a workflow', () => {
  it('compiles where it keeps to its sandbox', async () => {
    expect(await compile('export const wait = () => sleep(Math.random() + Date.now());')).toBe('');
  });

  it.each(['process.pid', "fetch('http://127.0.0.1')", 'Buffer.alloc(1)', "require('node:fs')"])(
    'does not compile with %s',
    async (expression) => {
      expect(await compile(`export const outside = ${expression};`)).toContain('Cannot find name');
    },
  );
});
