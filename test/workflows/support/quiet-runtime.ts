import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { INDEXED } from '../../../src/register-search-attributes.ts';

// Once a process, before anything uses it: workers tell much, and vendors' faults are expected here.
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });

/** The time-skipping server cannot list the search attributes that it knows, and refuses to be told twice. */
export async function knowSearchAttributes({ connection }: TestWorkflowEnvironment): Promise<void> {
  for (const [name, type] of Object.entries(INDEXED)) {
    await connection.operatorService
      .addSearchAttributes({ namespace: 'default', searchAttributes: { [name]: type } })
      .catch(() => undefined);
  }
}
