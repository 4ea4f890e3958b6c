import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createMetrics } from '../../src/operations/metrics.ts';
import { monitored } from './support/monitored.ts';

const run = promisify(execFile);
const ALERTS = fileURLToPath(new URL('../../docs/monitoring/alerts.yml', import.meta.url));
const DASHBOARD = new URL('../../docs/monitoring/dashboard.json', import.meta.url);

const Dashboard = z.object({
  panels: z
    .array(z.object({ id: z.number(), title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) }))
    .min(10),
});

describe('the dashboard and the alerts', () => {
  it('name no metric that does not exist', async () => {
    const known = await namesOf(createMetrics());
    const named = (await monitored()).filter((name) => name.startsWith('deskbridge_'));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('leave out no metric: what is measured is looked at', async () => {
    const named = new Set((await monitored()).map(withoutSuffix));
    const left = (await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name).filter((name) => !named.has(name));
    expect(left).toEqual([]);
  });

  it('name no label that their metric does not have', async () => {
    const labels = new Map<string, readonly string[]>();
    for (const metric of Object.values(createMetrics()))
      if ('labelNames' in metric && 'name' in metric)
        labels.set(z.string().parse(metric.name), z.array(z.string()).parse(metric.labelNames));
    const text = `${await readFile(ALERTS, 'utf8')}${(await expressions()).join('\n')}`;
    const selected = [...text.matchAll(/(deskbridge_\w+)\{(\w+)/g)].map(([, metric = '', label = '']) => ({ metric, label }));
    expect(selected.length).toBeGreaterThan(5);
    for (const { metric, label } of selected) expect(labels.get(withoutSuffix(metric)), `${metric}{${label}}`).toContain(label);
  });

  it('are what Prometheus understands', async ({ skip }) => {
    const directory = await mkdtemp(join(tmpdir(), 'deskbridge-rules-'));
    const asRules = join(directory, 'dashboard.yml');
    await writeFile(asRules, rulesOf((await expressions()).map((expr) => expr.replaceAll('$__rate_interval', '5m'))));
    try {
      const { stdout } = await run('promtool', ['check', 'rules', ALERTS, asRules]);
      expect(stdout).toMatch(/SUCCESS: 11 rules found[^]*SUCCESS: \d{2} rules found/);
    } catch (error) {
      if (isMissing(error)) skip('promtool is not on the PATH');
      throw error;
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

/** JSON is YAML. */
const rulesOf = (all: readonly string[]): string =>
  JSON.stringify({ groups: [{ name: 'dashboard', rules: all.map((expr, index) => ({ record: `panel:${index}`, expr })) }] });

const expressions = async (): Promise<readonly string[]> =>
  Dashboard.parse(JSON.parse(await readFile(DASHBOARD, 'utf8'))).panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** All names under which a metric can be asked for. */
async function namesOf({ registry }: ReturnType<typeof createMetrics>): Promise<ReadonlySet<string>> {
  const all = await registry.getMetricsAsJSON();
  return new Set(
    all.flatMap(({ name, type }) => (String(type) === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name])),
  );
}

const withoutSuffix = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
