import { describe, expect, it } from 'vitest';
import { countTests } from '../../.ci/count-tests.ts';

const file = (status: string, ...tests: readonly string[]): object => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

const report = (...testResults: readonly object[]): object => ({
  numPassedTests: JSON.stringify(testResults).split('{"status":"passed"}').length - 1,
  numFailedTests: JSON.stringify(testResults).split('{"status":"failed"}').length - 1,
  testResults,
});

describe('the sum of a test run', () => {
  it('is the tests that passed and failed', () => {
    expect(countTests(report(file('failed', 'passed', 'failed'), file('passed', 'passed')), 1)).toEqual({ passed: 2, failed: 1 });
  });

  it('counts a file that does not load as a failure', () => {
    expect(countTests(report(file('passed', 'passed'), file('failed')), 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a file whose tests pass and whose clean-up fails as a failure', () => {
    expect(countTests(report(file('failed', 'passed')), 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a run that failed without saying where', () => {
    expect(countTests(report(file('passed', 'passed')), 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a run that left no report', () => {
    expect(countTests(undefined, 139)).toEqual({ passed: 0, failed: 1 });
  });
});
