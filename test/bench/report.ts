import { cpus, totalmem } from 'node:os';

/** One line of the report. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `ms`, `/s`, `×`, `KiB`. */
  readonly unit: string;
  /** What was measured, where the name does not say it all. */
  readonly note?: string;
  /** What it is meant to be: at least, or at most. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

/** What a section of the benchmark found. */
export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
}

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;

export const isMet = ({ value, target }: Figure): boolean | undefined => {
  if (target === undefined) return undefined;
  return 'atLeast' in target ? value >= target.atLeast : value <= target.atMost;
};

/** As a Markdown table, for people and for the README. */
export function tableOf(section: Section): string {
  const rows = section.figures.map((figure) => {
    const { name, value, unit, note, target } = figure;
    const wanted = target === undefined ? '' : 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`;
    const verdict = isMet(figure) === undefined ? '' : isMet(figure) === true ? ' ✓' : ' ✗';
    return `| ${name} | ${value} ${unit} | ${wanted}${verdict} | ${note ?? ''} |`;
  });
  return [`### ${section.title}`, '', '| what | figure | target | |', '| --- | --: | --- | --- |', ...rows, ''].join('\n');
}
