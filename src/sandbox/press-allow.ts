/**
 * Allows what a consent page asks for, as a person does: reads the page, presses "Allow".
 * @param formAddress where the page's form leads, as it stands there
 * @returns where the browser is sent
 */
export async function pressAllow(url: string, formAddress: string): Promise<string> {
  const page = await fetch(url, { redirect: 'manual' });
  const text = await page.text();
  if (page.status !== 200) throw new Error(`the consent page answers ${page.status}`);
  const form = new URLSearchParams(hiddenFields(text));
  form.set('decision', 'allow');
  const answer = await fetch(new URL(formAddress, url), { method: 'POST', body: form, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`allowing is answered ${answer.status} and leads nowhere`);
  return location;
}

function hiddenFields(page: string): [string, string][] {
  const fields = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return [...fields].map(([, name, value]) => [unescapeHtml(name ?? ''), unescapeHtml(value ?? '')]);
}

const CHARACTERS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };

const unescapeHtml = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => CHARACTERS[entity] ?? entity);
