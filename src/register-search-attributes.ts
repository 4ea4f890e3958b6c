import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../workflows/signals.ts';
import { connectionOptions } from './temporal.ts';
import type { TemporalOptions } from './temporal.ts';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_KEYWORD_LIST } = proto.temporal.api.enums.v1.IndexedValueType;
const TYPES = { KEYWORD: INDEXED_VALUE_TYPE_KEYWORD, KEYWORD_LIST: INDEXED_VALUE_TYPE_KEYWORD_LIST };

/** The search attributes as a server wants to be told of them: type by name. */
export const INDEXED = Object.fromEntries(Object.values(searchAttributes).map(({ name, type }) => [name, TYPES[type]]));

/**
 * Makes known to the Temporal server what workflows can be searched for by. Those that exist are left alone.
 * @returns the names that were registered now.
 */
export async function registerSearchAttributes(options: TemporalOptions): Promise<readonly string[]> {
  const connection = await Connection.connect(connectionOptions(options));
  try {
    const { namespace } = options;
    const known = await connection.operatorService.listSearchAttributes({ namespace });
    const wanted = Object.entries(INDEXED).filter(([name]) => known.customAttributes[name] === undefined);
    if (wanted.length > 0) {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(wanted) });
    }
    return wanted.map(([name]) => name);
  } finally {
    await connection.close();
  }
}
