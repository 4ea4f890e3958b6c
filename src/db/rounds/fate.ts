/** What decides about a message: the writes that carry it, and how far they got. */
export interface FateEffect {
  readonly seqs: readonly number[];
  readonly state: 'planned' | 'sent' | 'done' | 'void';
}

export interface Fate<Effect extends FateEffect> {
  readonly delivered: readonly number[];
  readonly returned: readonly number[];
  /** Whether the batch stays open: something of it is sent, or begun and not finished. */
  readonly isOpen: boolean;
  /** Whether a planned effect stays planned. */
  readonly keeps: (effect: Effect) => boolean;
}

/**
 * Sorts a batch's messages when its round ends. Delivered: all that carries the message is done. Returned to the queue: nothing
 * of it is sent. The rest stays, and so does every message that shares a planned write with one that stays.
 * @param seqs the messages that belong to the batch.
 * @param batch `isPlanned`: whether the live effects are all that the messages need. `mayGoUntold`: whether a message that none
 *   of them carries needs nothing.
 */
export function fateOf<Effect extends FateEffect>(
  seqs: readonly number[],
  effects: readonly Effect[],
  { isPlanned, mayGoUntold }: { readonly isPlanned: boolean; readonly mayGoUntold: boolean },
): Fate<Effect> {
  const carriers = new Map(seqs.map((seq) => [seq, effects.filter((effect) => effect.seqs.includes(seq))]));
  const carriersOf = (seq: number): readonly Effect[] => carriers.get(seq) ?? [];
  const isDone = (seq: number): boolean =>
    isPlanned && (mayGoUntold || carriersOf(seq).length > 0) && carriersOf(seq).every((effect) => effect.state === 'done');
  const delivered = seqs.filter(isDone);
  const rest = seqs.filter((seq) => !isDone(seq));
  const staying = spread(rest, carriersOf);
  const returned = rest.filter((seq) => !staying.has(seq));

  // What only prepares or follows (a person, a notice) goes on once something was said, and is planned anew otherwise.
  const isBegun = effects.some((effect) => effect.state === 'done' && effect.seqs.length > 0);
  const hasExtras = effects.some((effect) => effect.state === 'planned' && effect.seqs.length === 0);
  const isSent = effects.some((effect) => effect.state === 'sent');
  const isOpen = isSent || staying.size > 0 || (isBegun && hasExtras && returned.length === 0);
  const keeps = (effect: Effect): boolean =>
    isOpen && (effect.seqs.length === 0 ? isBegun || staying.size > 0 : effect.seqs.some((seq) => staying.has(seq)));
  return { delivered, returned, isOpen, keeps };
}

/** The messages that something was sent of, and all that share a write with one of these. */
function spread<Effect extends FateEffect>(seqs: readonly number[], carriersOf: (seq: number) => readonly Effect[]): Set<number> {
  const staying = new Set(seqs.filter((seq) => carriersOf(seq).some((effect) => effect.state !== 'planned')));
  for (let size = -1; size !== staying.size;) {
    size = staying.size;
    for (const seq of seqs)
      if (carriersOf(seq).some((effect) => effect.seqs.some((other) => staying.has(other)))) staying.add(seq);
  }
  return staying;
}
