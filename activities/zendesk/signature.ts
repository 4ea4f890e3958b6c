/** What is known of the signatures that Zendesk may have put below an agent's words. */
export interface Signatures {
  /** The agent's own: Markdown with placeholders. */
  readonly personal: string | undefined;
  /** What the brand puts around it, such as `{{agent.signature}}` and the company's address. Absent: not known. */
  readonly template: string | undefined;
  readonly agent: { readonly name: string; readonly email?: string | undefined; readonly phone?: string | undefined };
}

/** A signature that is only known by the line `--` above it has at most so many lines. */
const LONGEST_UNKNOWN = 15;
/** A placeholder whose value nobody knows stands for at most so many words, and Liquid for so many. */
const UNKNOWN_WORDS = 6;
const LIQUID_WORDS = 40;

/**
 * An agent's words without the signature below them; empty when there is nothing else.
 *
 * What the brand's template says is cut as a whole. Otherwise the agent's own signature is cut, and whatever follows the last line
 * `--`, in either order, each once. A signature counts only at the end, and where it begins a paragraph or a `--` precedes it.
 * @see https://support.zendesk.com/hc/en-us/articles/4408822471322
 */
export function withoutSignature(text: string, signatures: Signatures): string {
  const clean = tidy(text);
  const personal = signatures.personal ?? '';
  for (const own of isCertain(signatures.template) ? [personal, ''] : []) {
    const cut = withoutEnd(clean, signatures.template?.replaceAll(OWN, () => own) ?? '', signatures);
    if (cut !== undefined) return cut;
  }
  const first = withoutEnd(clean, personal, signatures);
  if (first !== undefined) return beginsWithDashes(personal) ? first : (withoutDashed(first) ?? first);
  const rest = withoutDashed(clean);
  return rest === undefined ? clean : (withoutEnd(rest, personal, signatures) ?? rest);
}

const OWN = /\{\{\s*(?:agent|current_user)\.signature\s*\}\}/g;

/** A template with Liquid says one thing for one agent and another for the next. */
const isCertain = (template: string | undefined): boolean => template !== undefined && !template.includes('{%');

const tidy = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\u00a0', ' ')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();

const beginsWithDashes = (signature: string): boolean => /^\s*--\s*(\n|$)/.test(signature);

/** Cut from the last line `--` on, unless so much follows that it cannot be a signature. */
function withoutDashed(text: string): string | undefined {
  const lines = text.split('\n');
  const at = lines.lastIndexOf('--');
  const below = lines.length - at - 1;
  if (at < 0 || below === 0 || below > LONGEST_UNKNOWN) return undefined;
  return lines.slice(0, at).join('\n').trim();
}

interface Word {
  readonly text: string;
  /** Index of the line that it stands on. */
  readonly line: number;
}

/** The text without the signature, or `undefined` where it does not end with it. */
function withoutEnd(text: string, signature: string, { agent }: Signatures): string | undefined {
  const lines = text.split('\n');
  const words = lines.flatMap((line, index) => wordsOf(line).map((word): Word => ({ text: word, line: index })));
  const joined = words.map((word) => `${word.text} `).join('');
  for (const pattern of patternsOf(signature, agent)) {
    const at = joined.search(pattern);
    const first = at < 0 ? undefined : words[joined.slice(0, at).split(' ').length - 1];
    const from = first === undefined ? undefined : beginningOf(lines, words, first);
    if (from !== undefined) return lines.slice(0, from).join('\n').trim();
  }
  return undefined;
}

/** The line on which the signature begins, with the `--` above it; `undefined` in the midst of a paragraph. */
function beginningOf(lines: readonly string[], words: readonly Word[], first: Word): number | undefined {
  if (words.find((word) => word.line === first.line) !== first) return undefined;
  const isBare = (line: number): boolean => /^[-–—_*=\s]*$/.test(lines[line] ?? '');
  let from = first.line;
  while (from > 0 && isBare(from - 1)) from -= 1;
  return from === 0 || from < first.line ? from : undefined;
}

/** Words apart from what Markdown makes of them: marks, bullets, rules. */
const wordsOf = (text: string): readonly string[] =>
  text
    .split(/\s+/)
    .map((word) => word.replaceAll(/[*_`#>•|\\–—-]/g, ''))
    .filter((word) => word !== '');

const LINK = /!?\[([^\]]*)\]\(([^)\s]*)[^)]*\)/g;

/** How the signature may look as plain text: links with or without their addresses, or as they were written. */
function patternsOf(signature: string, agent: Signatures['agent']): readonly RegExp[] {
  const filled = fill(signature, agent);
  const forms = [filled.replaceAll(LINK, '$1'), filled.replaceAll(LINK, '$1 ($2)'), filled.replaceAll(LINK, '$1 $2'), filled];
  return [...new Set(forms)].flatMap((form) => {
    const words = wordsOf(form);
    // What nobody knows may be anything: a signature is only recognised from its first known word on.
    const known = words.slice(words.findIndex((word) => !isUnknown(word)));
    return words.every(isUnknown) ? [] : [new RegExp(`(?<![^ ])${known.map(patternOf).join('')}$`)];
  });
}

/** Stand for what cannot be known. Private characters: no text has them. */
const UNKNOWN = '\uE000';
const LIQUID = '\uE001';

const isUnknown = (word: string): boolean => word === UNKNOWN || word === LIQUID;

function fill(signature: string, agent: Signatures['agent']): string {
  const [first = '', ...last] = agent.name.split(' ');
  const known: Readonly<Record<string, string | undefined>> = {
    name: agent.name,
    first_name: first,
    last_name: last.join(' '),
    email: agent.email,
    phone: agent.phone,
  };
  return signature
    .replaceAll(/\{%[\s\S]*%\}/g, ` ${LIQUID} `)
    .replaceAll(/\{\{\s*(?:agent|current_user)\.(\w+)\s*\}\}/g, (_match, name: string) => known[name] ?? UNKNOWN)
    .replaceAll(/\{\{[^}]*\}\}/g, UNKNOWN);
}

/** One word and the space after it; what is unknown may be several words, or none. */
function patternOf(word: string): string {
  if (word === LIQUID) return `(?:\\S+ ){0,${LIQUID_WORDS}}`;
  if (word === UNKNOWN) return `(?:\\S+ ){0,${UNKNOWN_WORDS}}`;
  return `${word.replaceAll(/[.*+?^${}()[\]\\/-]/g, '\\$&').replaceAll(UNKNOWN, `(?:\\S* ){0,${UNKNOWN_WORDS}}\\S*`)} `;
}
