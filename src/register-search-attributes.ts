import { isGrpcServiceError } from '@temporalio/client';
import type { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { searchAttributes } from '../workflows/signals.ts';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_KEYWORD_LIST } = proto.temporal.api.enums.v1.IndexedValueType;
const TYPES = { KEYWORD: INDEXED_VALUE_TYPE_KEYWORD, KEYWORD_LIST: INDEXED_VALUE_TYPE_KEYWORD_LIST };

/** The search attributes as a server wants to be told of them: type by name. */
export const INDEXED = Object.fromEntries(Object.values(searchAttributes).map(({ name, type }) => [name, TYPES[type]]));

/**
 * Makes known to the Temporal server what workflows can be searched for by. Those that exist are left alone.
 * @returns the names that were registered now.
 */
export async function registerSearchAttributes({ operatorService }: Connection, namespace: string): Promise<readonly string[]> {
  const known = await operatorService.listSearchAttributes({ namespace });
  const wanted = Object.entries(INDEXED).filter(([name]) => known.customAttributes[name] === undefined);
  if (wanted.length > 0) {
    await operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(wanted) });
  }
  return wanted.map(([name]) => name);
}

/** gRPC's INVALID_ARGUMENT. @see https://grpc.io/docs/guides/status-codes/ */
const INVALID_ARGUMENT = 3;

/**
 * Runs work that starts workflows. A server that has lost its data refuses them, because it no longer knows what they are searched
 * for by: then it is told, and asked once more.
 */
export function createReteller(connection: Connection, namespace: string): <T>(work: () => Promise<T>) => Promise<T> {
  let telling: Promise<unknown> | undefined;
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Many are refused at the same moment; the server is told once.
      telling ??= registerSearchAttributes(connection, namespace).finally(() => {
        telling = undefined;
      });
      await telling.catch(() => {
        throw error;
      });
      return await work();
    }
  };
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !isGrpcServiceError(error.cause)) return false;
  const { code }: { readonly code: number } = error.cause;
  return code === INVALID_ARGUMENT;
}
