import { z } from 'zod';

/** What a planned write holds, once placeholders are replaced. */
const common = {
  /** Limits that its request counts against. */
  scopes: z.array(z.string()),
  /** Merged into the thread's data when it is done. */
  keeps: z.record(z.string(), z.json()).default({}),
};

export const CreateWrite = z.object({ ...common, kind: z.literal('create'), names: z.array(z.string()).min(1) });

export const PostWrite = z.object({
  ...common,
  kind: z.literal('post'),
  channel: z.string(),
  message: z.record(z.string(), z.json()),
  /** Travels with the post, to find it by. */
  mark: z.string(),
  /** Only adds to the words: where Slack refuses it, they go on without. */
  isExtra: z.boolean().default(false),
});

/** A notification in the dispatch channel, of a channel that its text names. */
export const AnnounceWrite = z.object({
  ...common,
  kind: z.literal('announce'),
  dispatch: z.string(),
  channel: z.string(),
  before: z.string(),
  after: z.string(),
  mark: z.string(),
  /** Who is told directly where the dispatch channel takes nothing. */
  fallback: z.string().optional(),
});

/** The same notification, told anew. */
export const UpdateWrite = z.object({
  ...common,
  kind: z.literal('update'),
  dispatch: z.string(),
  ts: z.string(),
  text: z.string(),
});

export const DescribeWrite = z.object({
  ...common,
  kind: z.enum(['topic', 'purpose']),
  channel: z.string(),
  text: z.string(),
});

export const InviteWrite = z.object({ ...common, kind: z.literal('invite'), channel: z.string(), user: z.string() });

/** Brings a file to Slack, where nobody sees it yet. */
export const UploadWrite = z.object({ ...common, kind: z.literal('upload'), url: z.string() });

export const ShareWrite = z.object({
  ...common,
  kind: z.literal('share'),
  channel: z.string(),
  file: z.string(),
  title: z.string(),
  comment: z.string(),
});

export const Write = z.discriminatedUnion('kind', [
  CreateWrite,
  PostWrite,
  AnnounceWrite,
  UpdateWrite,
  DescribeWrite,
  InviteWrite,
  UploadWrite,
  ShareWrite,
]);
export type CreateWrite = z.infer<typeof CreateWrite>;
export type PostWrite = z.infer<typeof PostWrite>;
export type AnnounceWrite = z.infer<typeof AnnounceWrite>;
export type UpdateWrite = z.infer<typeof UpdateWrite>;
export type DescribeWrite = z.infer<typeof DescribeWrite>;
export type InviteWrite = z.infer<typeof InviteWrite>;
export type UploadWrite = z.infer<typeof UploadWrite>;
export type ShareWrite = z.infer<typeof ShareWrite>;
