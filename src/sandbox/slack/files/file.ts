import { z } from 'zod';
import type { JsonObject } from '../../../domain/json.ts';
import type { Kind } from '../../store.ts';
import { unix } from '../workspace/session.ts';

const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  mimetype: z.string(),
  size: z.number(),
  user: z.string(),
  /** The secret of the address that takes its bytes. */
  upload: z.string(),
  /** How many bytes were announced, and whether they came. */
  state: z.enum(['announced', 'uploaded', 'complete']),
  alt_text: z.string().nullable(),
  /** Where it was shared: channel and message. */
  shares: z.array(z.object({ channel: z.string(), ts: z.string() })),
  created: z.number(),
  seq: z.number(),
});
export type SlackFile = z.infer<typeof fileSchema>;

export const files: Kind<SlackFile> = {
  name: 'file',
  schema: fileSchema,
  id: (file) => file.id,
  lookup: (file) => file.upload,
  position: (file) => file.seq,
};

/** Where its bytes are, for those who send a token. */
export const fileUrl = (url: string, team: string, file: SlackFile): string =>
  `${url}/files-pri/${team}-${file.id}/${encodeURIComponent(file.name)}`;

const typeOf = (name: string): string => name.split('.').at(-1)?.toLowerCase() ?? 'binary';

export function fileJson(url: string, team: string, file: SlackFile): JsonObject {
  const address = fileUrl(url, team, file);
  return {
    id: file.id,
    created: unix(file.created),
    timestamp: unix(file.created),
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: typeOf(file.name),
    pretty_type: typeOf(file.name).toUpperCase(),
    user: file.user,
    user_team: team,
    editable: false,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: true,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: address,
    url_private_download: `${address}?download=1`,
    permalink: `${address}?permalink=1`,
    ...(file.alt_text !== null && { alt_txt: file.alt_text }),
    channels: file.shares.map(({ channel }) => channel),
    has_rich_preview: false,
    file_access: 'visible',
  };
}
