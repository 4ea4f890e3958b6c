/** Markup that is safe to send: made by `html`, or vouched for with `trusted`. */
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

/** Text as it must stand in HTML, in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** Marks a string as markup. Only for what has been through a sanitiser. */
export const trusted = (markup: string): Html => ({ markup });

/** A template whose holes are escaped, unless they are `Html`. Lists are joined; false, null and undefined vanish. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return { markup: parts.reduce((markup, part, index) => markup + render(holes[index - 1]) + part) };
}

function render(hole: Hole): string {
  if (hole === false || hole === null || hole === undefined) return '';
  if (typeof hole === 'string') return escapeHtml(hole);
  if (typeof hole === 'number') return String(hole);
  return 'markup' in hole ? hole.markup : hole.map(render).join('');
}
