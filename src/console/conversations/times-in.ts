import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';
import { timeOfDay } from '../../domain/time.ts';
import { timeOf } from '../parts/time.ts';

/** A sentence with times in UTC, as workflows say it, with these times in the viewer's zone instead. */
export function timesIn(sentence: string, times: readonly number[]): Html {
  const [time, ...others] = times;
  if (time === undefined) return html`${sentence}`;
  const [first = '', ...rest] = sentence.split(timeOfDay(time));
  const before = timesIn(first, others);
  return rest.length === 0 ? before : html`${before}${timeOf(time)}${timesIn(rest.join(timeOfDay(time)), others)}`;
}
