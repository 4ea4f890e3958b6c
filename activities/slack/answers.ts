import { z } from 'zod';

/** The fields of Slack's answers that we read. */
export const Nothing = z.unknown();

const Channel = z.looseObject({
  id: z.string(),
  name: z.string(),
  is_archived: z.boolean().default(false),
  is_general: z.boolean().default(false),
  is_member: z.boolean().default(false),
});
export type Channel = z.infer<typeof Channel>;

export const ChannelAnswer = z.object({ channel: Channel });

const Paged = { response_metadata: z.looseObject({ next_cursor: z.string().nullish() }).nullish() };

export const ChannelsAnswer = z.object({ channels: z.array(Channel), ...Paged });
export const MembersAnswer = z.object({ members: z.array(z.string()), ...Paged });

const Message = z.looseObject({
  ts: z.string(),
  metadata: z.looseObject({ event_payload: z.looseObject({ mark: z.string().optional() }).optional() }).nullish(),
});
export type Message = z.infer<typeof Message>;

export const MessagesAnswer = z.object({ messages: z.array(Message), ...Paged });

export const PostAnswer = z.object({ channel: z.string(), ts: z.string() });

export const UploadAnswer = z.object({ upload_url: z.string(), file_id: z.string() });

const Shares = z.record(z.string(), z.array(z.looseObject({ ts: z.string().optional() })));
export const FileAnswer = z.object({
  file: z.looseObject({
    id: z.string(),
    shares: z.looseObject({ public: Shares.optional(), private: Shares.optional() }).nullish(),
  }),
});

export const TestAnswer = z.object({ team: z.string(), team_id: z.string(), user_id: z.string() });
