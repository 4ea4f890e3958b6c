import { MINUTE } from '../src/domain/time.ts';

/** How long to leave a system alone after so many failures in a row: 2, 4, 8, … at most 60 minutes. */
export const backoffMs = (failures: number): number => Math.min(2 * MINUTE * 2 ** Math.min(failures, 10), 60 * MINUTE);
