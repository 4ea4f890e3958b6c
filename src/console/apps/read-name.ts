/** The name in a form, if it is one. */
export function readName(form: URLSearchParams): string | undefined {
  const name = (form.get('name') ?? '').trim();
  return name.length >= 1 && name.length <= 100 ? name : undefined;
}
