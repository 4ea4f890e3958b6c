import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../..', import.meta.url));

const Report = z.object({
  diagnostics: z.array(z.object({ code: z.string().optional(), filename: z.string(), labels: z.array(z.unknown()) })),
});

/** Lints a house of which only these files stand, under the real rules; answers who broke the rule, each once. */
async function offenders(files: Readonly<Record<string, string>>, rule: string): Promise<readonly string[]> {
  const house = await mkdtemp(join(tmpdir(), 'deskbridge-arrows-'));
  try {
    await cp(join(root, '.oxlintrc.json'), join(house, '.oxlintrc.json'));
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(house, file)), { recursive: true });
      await writeFile(join(house, file), text);
    }
    return await reported(house, rule);
  } finally {
    await rm(house, { recursive: true });
  }
}

async function reported(directory: string, rule: string): Promise<readonly string[]> {
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const run = promisify(execFile)(process.execPath, [oxlint, '--format=json'], { cwd: directory, maxBuffer: 64 * 1024 * 1024 });
  // It reports in the same way whether it found something or not; only the status differs.
  const { stdout } = await run.catch((error: unknown) => z.object({ stdout: z.string() }).parse(error));
  const { diagnostics } = Report.parse(JSON.parse(stdout));
  return [...new Set(diagnostics.filter(({ code }) => code === rule).map(({ filename }) => filename))].toSorted();
}

const ARROWS = 'eslint(no-restricted-imports)';

const value = (from: string): string => `import { thing } from '${from}';\nexport const used = thing;\n`;
const type = (from: string): string => `import type { Thing } from '${from}';\nexport type Used = Thing;\n`;
const later = (from: string): string => `export const used = await import('${from}');\n`;

const forbidden: readonly (readonly [what: string, file: string, text: string])[] = [
  ['src importing what a workflow does', 'src/a.ts', value('../workflows/lane.ts')],
  ['src importing it from a subfolder', 'src/api/a.ts', value('../../workflows/lane.ts')],
  ['src importing from tests', 'src/b.ts', value('../test/support/database.ts')],
  ['the domain importing the rest of src', 'src/domain/a.ts', value('../secrets.ts')],
  ['the domain importing types of activities', 'src/domain/b.ts', type('../../activities/contract.ts')],
  ['the domain importing a package', 'src/domain/c.ts', value('zod')],
  ['the domain importing Node', 'src/domain/d.ts', value('node:fs')],
  ['the sandbox importing the rest of src', 'src/sandbox/a.ts', value('../db/db.ts')],
  ['a vendor of the sandbox importing the rest of src', 'src/sandbox/slack/a.ts', value('../../db/db.ts')],
  ['a vendor of the sandbox importing its system', 'src/sandbox/slack/b.ts', type('../../../activities/slack/index.ts')],
  ['a part of a vendor importing the rest of src', 'src/sandbox/slack/users/a.ts', value('../../../db/db.ts')],
  ['activities importing the rest of src', 'activities/a.ts', value('../src/db/db.ts')],
  ['activities importing types of the rest of src', 'activities/b.ts', type('../src/db/db.ts')],
  ['activities importing it later', 'activities/c.ts', later('../src/db/db.ts')],
  ['a business system importing the rest of src', 'activities/slack/a.ts', value('../../src/secrets.ts')],
  ['activities importing workflows', 'activities/d.ts', value('../workflows/signals.ts')],
  ['activities importing from tests', 'activities/e.ts', value('../test/support/database.ts')],
  ['workflows importing the rest of src', 'workflows/a.ts', value('../src/db/db.ts')],
  ['workflows importing types of an implementation', 'workflows/b.ts', type('../activities/deliver.ts')],
  ['workflows importing the contract as values', 'workflows/c.ts', value('../activities/contract.ts')],
  ['workflows exporting the contract as values', 'workflows/d.ts', "export { thing } from '../activities/contract.ts';\n"],
  ['workflows importing Node', 'workflows/e.ts', value('node:crypto')],
  ['workflows importing Node by its old names', 'workflows/f.ts', value('fs')],
  ['workflows importing another package', 'workflows/g.ts', value('zod')],
  ['workflows importing the worker', 'workflows/h.ts', value('@temporalio/worker')],
];

const allowed: Readonly<Record<string, string>> = {
  'src/a.ts': value('../workflows/signals.ts') + value('../activities/index.ts').replaceAll('used', 'other'),
  'src/api/a.ts': value('../db/db.ts'),
  'src/domain/a.ts': value('./ids.ts'),
  'src/sandbox/a.ts': value('../domain/ids.ts'),
  'src/sandbox/slack/a.ts': value('../clock.ts') + value('../../domain/ids.ts').replaceAll('used', 'other'),
  'src/sandbox/slack/users/a.ts': value('../../clock.ts') + value('../../../domain/ids.ts').replaceAll('used', 'other'),
  'activities/a.ts': value('../src/domain/ids.ts'),
  'activities/slack/a.ts': value('../business-system.ts') + value('../../src/domain/ids.ts').replaceAll('used', 'other'),
  'workflows/a.ts': value('../src/domain/ids.ts'),
  'workflows/b.ts': type('../activities/contract.ts'),
  'workflows/c.ts': value('@temporalio/workflow'),
  'test/slack/a.test.ts': value('../../src/db/db.ts'),
};

describe('the house', () => {
  it.each(forbidden)('reports %s', async (_what, file, text) => {
    expect(await offenders({ [file]: text }, ARROWS)).toEqual([file]);
  });

  it('lets through what the design allows', async () => {
    expect(await offenders(allowed, ARROWS)).toEqual([]);
  });

  it('reports modules that import each other', async () => {
    const files = { 'src/a.ts': value('./b.ts'), 'src/b.ts': value('./a.ts') };
    expect(await offenders(files, 'import(no-cycle)')).toEqual(['src/a.ts', 'src/b.ts']);
  });

  it('keeps its own rules', async () => {
    expect(await reported(root, ARROWS)).toEqual([]);
    expect(await reported(root, 'import(no-cycle)')).toEqual([]);
  });
});
