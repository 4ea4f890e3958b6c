import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Results = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/**
 * Sums a vitest report: tests that passed, and tests that failed.
 *
 * A file that failed without a failing test (it does not load, a hook throws) counts as one failure; so does a run that
 * failed without saying where.
 *
 * @param report what vitest's JSON reporter wrote, or `undefined` where it wrote nothing.
 * @param exitStatus of the run.
 */
export function countTests(report: unknown, exitStatus: number): { readonly passed: number; readonly failed: number } {
  const results = Results.safeParse(report).data;
  if (results === undefined) return { passed: 0, failed: 1 };
  const brokenFiles = results.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = results.numFailedTests + brokenFiles.length;
  return { passed: results.numPassedTests, failed: failed === 0 && exitStatus !== 0 ? 1 : failed };
}

if (import.meta.main) {
  const [, , file = '', exitStatus] = process.argv;
  let report: unknown;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`no test report: ${String(error)}`);
  }
  const { passed, failed } = countTests(report, Number(exitStatus));
  console.log(`${passed} ${failed}`);
}
