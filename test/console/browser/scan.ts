import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { z } from 'zod';

const Results = z.object({
  violations: z.array(z.object({ id: z.string(), impact: z.string().nullish(), nodes: z.array(z.object({ html: z.string() })) })),
  passes: z.array(z.unknown()),
});

/**
 * Looks for what keeps people from using a page: WCAG 2.2 A and AA, in light and in dark.
 * @returns the serious findings, each with the first element that it is about.
 */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const results = Results.parse(await page.evaluate('axe.run()'));
    if (results.passes.length === 0) throw new Error(`the scan looked at nothing [page=${page.url()}]`);
    for (const { id, impact, nodes } of results.violations) {
      if (impact === 'serious' || impact === 'critical')
        found.push(`${colorScheme}: ${id}: ${nodes[0]?.html ?? ''} on ${page.url()}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}
