import { z } from 'zod';
import type { Kind } from '../../store.ts';

const attachmentSchema = z.object({
  id: z.number(),
  file_name: z.string(),
  content_type: z.string(),
  size: z.number(),
  /** The secret part of its address. */
  access: z.string(),
  /** The upload it came with. */
  upload: z.string(),
  comment_id: z.number().nullable(),
  created_at: z.number(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export const attachments: Kind<Attachment> = {
  name: 'attachment',
  schema: attachmentSchema,
  id: (attachment) => attachment.id,
  group: (attachment) => attachment.upload,
  lookup: (attachment) => attachment.access,
  position: (attachment) => attachment.id,
};

/** Where its bytes are. */
export const attachmentUrl = (url: string, attachment: Attachment): string =>
  `${url}/attachments/token/${attachment.access}/?name=${encodeURIComponent(attachment.file_name)}`;

export const attachmentJson = (url: string, attachment: Attachment) => ({
  id: attachment.id,
  url: `${url}/api/v2/attachments/${attachment.id}.json`,
  file_name: attachment.file_name,
  content_type: attachment.content_type,
  size: attachment.size,
  content_url: attachmentUrl(url, attachment),
  mapped_content_url: attachmentUrl(url, attachment),
  inline: false,
  deleted: false,
  width: null,
  height: null,
  thumbnails: [],
  malware_access_override: false,
  malware_scan_result: 'malware_not_found',
});
