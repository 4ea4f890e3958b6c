import type { Migration } from 'kysely/migration';
import * as begin from './0001-begin.ts';
import * as moved from './0002-moved.ts';
import * as comparison from './0005-comparison.ts';
import * as operations from './0007-operations.ts';
import * as console from './0008-console.ts';
import * as devices from './0009-devices.ts';
import * as arrivals from './0040-arrivals.ts';

/** Append only: a migration that was released is never changed. */
export const migrations: Record<string, Migration> = {
  '0001-begin': begin,
  '0002-moved': moved,
  '0005-comparison': comparison,
  '0007-operations': operations,
  '0008-console': console,
  '0009-devices': devices,
  '0040-arrivals': arrivals,
};
