import { type Brand, brands } from '../account/brand.ts';
import type { ZendeskReading } from '../account/session.ts';
import { renderPlaceholders } from '../triggers/placeholders.ts';
import type { User } from '../users/user.ts';
import { type CommentText, fromText } from './comment-text.ts';

/** What the agent interface puts below a public reply: the brand's template around the agent's own signature. */
export async function signatureFor(reading: ZendeskReading, brandId: number, agent: User): Promise<string> {
  const brand = await reading.store.get(brands, brandId);
  const person = {
    name: agent.name,
    first_name: agent.name.split(' ')[0] ?? '',
    email: agent.email ?? '',
    phone: agent.phone ?? '',
    role: agent.role,
  };
  const own = renderPlaceholders(agent.signature ?? '', { agent: person });
  return renderPlaceholders(templateOf(brand), { agent: { ...person, signature: own } }).trim();
}

const templateOf = (brand: Brand | undefined): string => brand?.signature_template ?? '{{agent.signature}}';

/** A comment with a signature, which is Markdown, below. */
export function withSignature(text: CommentText, signature: string): CommentText {
  if (signature === '') return text;
  const below = fromText(signature, true);
  return {
    body: `${text.body}\n\n${below.body}`,
    html_body: text.html_body.replace(/<\/div>$/, '') + below.html_body.replace(/^<div[^>]*>/, ''),
    plain_body: `${text.plain_body}\n\n${below.plain_body}`,
  };
}
