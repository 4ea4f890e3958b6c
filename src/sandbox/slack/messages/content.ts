import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { parsingArgs } from './parsing.ts';
import { storedText } from './text.ts';

const MAX_TEXT = 40_000;
const MAX_BLOCKS = 50;
const MAX_SECTION = 3_000;
const MAX_METADATA = 8_000;

const jsonObject = z.record(z.string(), z.json());

/** What is said in a post: as its arguments carry it. Nothing is fetched from the web here, so `unfurl_links` and `unfurl_media` change nothing. */
export const contentArgs = {
  ...parsingArgs,
  blocks: arg.json(z.unknown()).optional(),
  attachments: arg.json(z.array(jsonObject).max(100)).optional(),
  metadata: arg.json(z.unknown()).optional(),
};
interface ContentInput {
  readonly text?: string | undefined;
  readonly mrkdwn?: boolean;
  readonly blocks?: unknown;
  readonly attachments?: readonly Record<string, unknown>[] | undefined;
  readonly metadata?: unknown;
}

const blockList = z.array(jsonObject.and(z.object({ type: z.string() })));
const metadataShape = z.object({ event_type: z.string().min(1), event_payload: jsonObject });

/**
 * The content of a post, checked.
 * @throws {Refusal} `no_text`, `msg_too_long`, `invalid_blocks`, `msg_blocks_too_long`, `metadata_must_be_sent`, `metadata_too_large`, …
 */
export function readContent(input: ContentInput) {
  const text = storedText(input.text ?? '').slice(0, MAX_TEXT);
  const blocks = readBlocks(input.blocks);
  const attachments = input.attachments === undefined ? null : z.array(jsonObject).parse(input.attachments);
  if (text.trim() === '' && blocks === null && (attachments ?? []).length === 0) throw fail('no_text');
  return { text, mrkdwn: input.mrkdwn ?? true, blocks, attachments, metadata: readMetadata(input.metadata) };
}

function readBlocks(sent: unknown) {
  if (sent === undefined) return null;
  const parsed = blockList.safeParse(sent);
  if (!parsed.success) throw fail('invalid_blocks_format');
  if (parsed.data.length === 0) return null;
  if (parsed.data.length > MAX_BLOCKS)
    throw fail('invalid_blocks', { errors: [`no more than ${MAX_BLOCKS} items allowed [json-pointer:/blocks]`] });
  for (const [index, block] of parsed.data.entries()) checkBlock(block, index);
  return parsed.data;
}

const KNOWN = new Set([
  'section',
  'context',
  'divider',
  'header',
  'image',
  'actions',
  'rich_text',
  'markdown',
  'file',
  'input',
  'video',
]);
const textual = z.object({ text: z.object({ type: z.enum(['mrkdwn', 'plain_text']), text: z.string() }) });

/** Blocks that Slack refuses most often: unknown ones, and texts that are empty or too long. */
function checkBlock(block: { readonly type: string }, index: number): void {
  const refuse = (why: string) => fail('invalid_blocks', { errors: [`${why} [json-pointer:/blocks/${index}]`] });
  if (!KNOWN.has(block.type)) throw refuse(`unsupported type: ${block.type}`);
  if (block.type === 'markdown' && JSON.stringify(block).length > 12_000) throw fail('msg_blocks_too_long');
  if (block.type !== 'section' && block.type !== 'header') return;
  const parsed = textual.safeParse(block);
  if (!parsed.success) {
    if (block.type === 'section' && 'fields' in block) return;
    throw refuse('missing required field: text');
  }
  const { text } = parsed.data.text;
  if (text.length === 0) throw refuse('must be more than 0 characters');
  if (text.length > (block.type === 'header' ? 150 : MAX_SECTION))
    throw refuse(`must be less than ${MAX_SECTION + 1} characters`);
}

function readMetadata(sent: unknown) {
  if (sent === undefined) return null;
  const parsed = metadataShape.safeParse(sent);
  if (!parsed.success) throw fail('invalid_metadata_format');
  if (JSON.stringify(parsed.data).length > MAX_METADATA) throw fail('metadata_too_large');
  return parsed.data;
}
