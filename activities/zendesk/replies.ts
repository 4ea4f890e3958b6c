import { createHash } from 'node:crypto';
import type { Api, CollectedReply, SkippedReply } from '../business-system.ts';
import type { Author } from '../../src/domain/message.ts';
import { unlessRefused } from '../unless-refused.ts';
import { BrandAnswer } from './answers.ts';
import type { Agent, Comment, Ticket } from './answers.ts';
import { callZendesk } from './client.ts';
import { withoutSignature } from './signature.ts';

/** Around an agent's comment. */
interface Surroundings {
  readonly agent: Agent | undefined;
  /** What the ticket's brand puts below agents' words, where that is known. */
  readonly template: string | undefined;
  readonly account: string;
}

/** What a comment says without the signature below it; with its attachments, each a message of its own, as the app shows them. */
export function repliesOf(
  comment: Comment,
  { agent, template, account }: Surroundings,
): { readonly items: readonly CollectedReply[]; readonly skipped: readonly SkippedReply[] } {
  const author = authorOf(agent, account);
  const remoteId = `comment ${comment.id}`;
  const personal = agent?.signature ?? undefined;
  const whose = { name: agent?.name ?? '', email: agent?.email ?? undefined, phone: agent?.phone ?? undefined };
  const text = withoutSignature(wordsOf(comment), { personal, template, agent: whose });
  const files = filesOf(comment, author);
  if (text !== '') return { items: [{ remoteId, author, content: { type: 'text', text } }, ...files], skipped: [] };
  return { items: files, skipped: files.length > 0 ? [] : [{ remoteId, reason: 'nothing but a signature' }] };
}

const filesOf = (comment: Comment, author: Author): readonly CollectedReply[] =>
  comment.attachments.map((file) => ({
    remoteId: `comment ${comment.id} attachment ${file.id}`,
    author,
    content: {
      type: file.content_type.startsWith('image/') ? 'image' : 'file',
      text: file.file_name,
      mediaUrl: file.content_url,
      mediaType: file.content_type,
      ...(file.size === undefined ? {} : { mediaSize: file.size }),
    },
  }));

/** As plain text, in which links lose their addresses; so shorthand for buttons is read where Markdown still is as it was typed. */
const wordsOf = ({ body, plain_body }: Comment): string => (/[%$!]\[[^\]]*\]\(/.test(body) ? body : plain_body);

/** What the agent wants to be called by end users comes before the name. */
function authorOf(agent: Agent | undefined, account: string): Author {
  if (agent === undefined) return {};
  const avatarUrl = agent.photo?.content_url ?? undefined;
  const alias = agent.alias ?? '';
  return {
    id: createHash('sha256').update(`zendesk/${account}/${agent.id}`).digest('hex').slice(0, 24),
    name: alias === '' ? agent.name : alias,
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
  };
}

/**
 * The signature template of a ticket's brand. Where it cannot be read, signatures are recognised without it.
 * @see https://developer.zendesk.com/api-reference/ticketing/account-configuration/brands/
 */
export async function templateOf({ brand_id: brand }: Ticket, api: Api): Promise<string | undefined> {
  if (brand === null || brand === undefined) return undefined;
  const call = { method: 'GET', path: `/api/v2/brands/${brand}` } as const;
  const found = await unlessRefused(() => callZendesk(api, call, BrandAnswer));
  return found?.body.brand.signature_template ?? undefined;
}
