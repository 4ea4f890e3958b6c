import type { Kind, Store } from './store.ts';

const keyOf = (kind: { readonly name: string }, id: string | number): string => `${kind.name}/${id}`;

/** A store that asks once for a document. Good for one transaction under the account's lock, where nobody else changes anything. */
export interface Remembering {
  readonly store: Store;
  /** After a part of the transaction was undone. */
  forget(): void;
}

export function remember(store: Store): Remembering {
  const known = new Map<string, Promise<unknown>>();

  async function get<T>(kind: Kind<T>, id: string | number): Promise<T | undefined> {
    const key = keyOf(kind, id);
    const asked = known.get(key);
    if (asked !== undefined) return kind.schema.optional().parse(await asked);
    const found = store.get(kind, id);
    known.set(key, found);
    return await found;
  }

  return {
    store: {
      ...store,
      get,
      put: (kind, doc) => {
        known.delete(keyOf(kind, kind.id(doc)));
        return store.put(kind, doc);
      },
      remove: (kind, id) => {
        known.delete(keyOf(kind, id));
        return store.remove(kind, id);
      },
    },
    forget: () => known.clear(),
  };
}
