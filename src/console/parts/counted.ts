const form = new Intl.NumberFormat('en');

/** "1 message", "12,000 messages". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${form.format(count)} ${count === 1 ? noun : plural}`;
