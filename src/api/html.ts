/** Markup that is safe to send: made by `html`. */
export interface Html {
  readonly markup: string;
}

type Hole = Html | string | number | false | null | undefined | readonly Hole[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose holes are escaped, unless they are `Html`. Lists are joined; false, null and undefined vanish. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return { markup: parts.reduce((markup, part, index) => markup + render(holes[index - 1]) + part) };
}

function render(hole: Hole): string {
  if (hole === false || hole === null || hole === undefined) return '';
  if (typeof hole === 'string') return hole.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
  if (typeof hole === 'number') return String(hole);
  return 'markup' in hole ? hole.markup : hole.map(render).join('');
}
