import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openGround } from './ground.ts';
import type { Ground } from './ground.ts';
import { openInstallation } from './installation.ts';
import { isMet, machine, tableOf } from './report.ts';
import type { Section } from './report.ts';
import { FULL, QUICK } from './scale.ts';
import { acceptSection } from './sections/accept.ts';
import { batchesSection } from './sections/batches.ts';
import { drainSection } from './sections/drain.ts';
import { growthSection } from './sections/growth.ts';
import { historySection } from './sections/history.ts';
import { memorySection, startWatched } from './sections/memory.ts';
import { rivalsSection } from './sections/rivals.ts';

const USAGE = `npm run bench -- [options]

  --json FILE      also writes the figures there
  --only NAMES     sections, with commas between: accept, memory, history, batches, growth, drain, rivals
  --quick          little of everything, to see that it works; its figures mean nothing
  --rivals         also the same job on graphile-worker and BullMQ (needs redis-server)
`;

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rivals: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const scale = options.quick ? QUICK : FULL;

const tell = (what: string): void => console.error(`bench: ${what}`);

async function measure(ground: Ground, report: (section: Section) => void): Promise<void> {
  const only = options.only?.split(',');
  const wants = (name: string): boolean => (only === undefined ? name !== 'rivals' || options.rivals : only.includes(name));
  tell(`connecting ${scale.accounts} accounts of the sandbox's Zendesk`);
  const installation = await openInstallation(ground, { name: 'bench', accounts: scale.accounts, windowMs: scale.windowMs });
  const run = async (name: string, section: () => Promise<Section>): Promise<void> => {
    if (!wants(name)) return;
    tell(`measuring: ${name}`);
    report(await section());
  };
  const worker = await startWatched(ground, installation);
  tell(`measuring: memory, and making ${scale.people} people`);
  const { section, speakers } = await memorySection(installation, worker, scale);
  report(section);
  await run('history', () => historySection(ground, installation, speakers, scale));
  await run('batches', () => batchesSection(ground, installation, { speakers, worker: worker.pid }, scale));
  await run('growth', () => growthSection(installation, speakers, scale));
  await worker.stop();
  await run('accept', () => acceptSection(installation, scale));
  await run('rivals', () => rivalsSection(ground, installation, speakers, scale));
  await installation.close();
  await run('drain', () => drainSection(ground, scale, tell));
}

if (options.help) {
  process.stdout.write(USAGE);
} else {
  const ground = await openGround(tell);
  const sections: Section[] = [];
  // What is waited for may hold on to nothing that keeps a process alive.
  const alive = setInterval(() => undefined, 60_000);
  try {
    process.stdout.write(`Measured on ${machine()}.\n\n`);
    await measure(ground, (section) => {
      sections.push(section);
      process.stdout.write(`${tableOf(section)}\n`);
    });
    if (options.json !== undefined)
      await writeFile(options.json, `${JSON.stringify({ machine: machine(), sections }, undefined, 2)}\n`);
    const missed = sections.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false);
    tell(missed.length === 0 ? 'every target is met' : `targets missed: ${missed.map(({ name }) => name).join('; ')}`);
  } finally {
    await ground.close();
    clearInterval(alive);
  }
}
