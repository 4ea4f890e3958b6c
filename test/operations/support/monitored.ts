import { readFile } from 'node:fs/promises';

const FILES = ['alerts.yml', 'dashboard.json'];

/** The names of all metrics that the dashboard and the alerts look at. */
export async function monitored(): Promise<readonly string[]> {
  const texts = await Promise.all(
    FILES.map((file) => readFile(new URL(`../../../docs/monitoring/${file}`, import.meta.url), 'utf8')),
  );
  return [...new Set(texts.join('\n').match(/\b(deskbridge|temporal)_\w+/g))];
}
