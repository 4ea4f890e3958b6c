import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fail } from '../api/problem.ts';
import { arg } from '../api/args.ts';
import { type Call, type Method, method } from '../api/call.ts';
import { visibleChannel } from '../channels/find.ts';
import { emit } from '../events/emit.ts';
import { author } from '../messages/author.ts';
import { readContent } from '../messages/content.ts';
import { post } from '../messages/post.ts';
import { requireMayPost } from '../messages/where.ts';
import { newSlackId } from '../workspace/session.ts';
import { fileJson, files, type SlackFile } from './file.ts';
import { typeOfName } from './mime.ts';

const getUploadUrl = method({
  name: 'files.getUploadURLExternal',
  scopes: ['files:write'],
  tier: 4,
  input: z.object({
    filename: arg.text.min(1),
    length: arg.count.min(1),
    alt_txt: arg.text.optional(),
    snippet_type: arg.text.optional(),
  }),
  async answer({ session, user, url }, { filename, length, alt_txt }) {
    const { settings } = session.state;
    if (!settings.fileUploads) throw fail('file_uploads_disabled');
    if (length > settings.maxFileBytes) throw fail('file_upload_size_restricted');
    const file: SlackFile = {
      id: newSlackId(session, 'F'),
      name: filename,
      title: filename,
      mimetype: typeOfName(filename),
      size: length,
      user: user.id,
      upload: randomBytes(24).toString('base64url'),
      state: 'announced',
      alt_text: alt_txt ?? null,
      shares: [],
      created: session.now,
      seq: session.nextId(),
    };
    await session.store.put(files, file);
    return { upload_url: `${url}/upload/v1/${session.account}/${file.upload}`, file_id: file.id };
  },
});

const completeUpload = method({
  name: 'files.completeUploadExternal',
  scopes: ['files:write'],
  tier: 4,
  input: z.object({
    files: arg.json(z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1)),
    channel_id: arg.text.optional(),
    channels: arg.list.optional(),
    initial_comment: arg.text.optional(),
    blocks: arg.json(z.unknown()).optional(),
    thread_ts: arg.text.optional(),
  }),
  async answer(call, input) {
    const complete: SlackFile[] = [];
    for (const { id, title } of input.files) complete.push(await completed(call, id, title));
    const targets = input.channel_id === undefined ? (input.channels ?? []) : [input.channel_id];
    for (const target of targets) await share(call, target, complete, input);
    // Where it was shared is not said yet: Slack works on after this answer.
    return { files: complete.map((file) => fileJson(call.url, call.session.account, file)) };
  },
});

/** @throws {Refusal} `file_not_found`; `file_update_failed` when its bytes never came, or it was completed before */
async function completed({ session, user }: Call, id: string, title: string | undefined): Promise<SlackFile> {
  const file = await session.store.get(files, id);
  if (!file || file.user !== user.id) throw fail('file_not_found');
  if (file.state !== 'uploaded') throw fail('file_update_failed');
  const changed: SlackFile = { ...file, title: title ?? file.title, state: 'complete' };
  await session.store.put(files, changed);
  return changed;
}

interface Sharing {
  readonly initial_comment?: string | undefined;
  readonly blocks?: unknown;
  readonly thread_ts?: string | undefined;
}

/** Posts files into a channel, as one message. */
async function share(call: Call, target: string, shared: readonly SlackFile[], input: Sharing): Promise<void> {
  const channel = await visibleChannel(call, target);
  requireMayPost(call, channel);
  const hasWords = (input.initial_comment ?? '') !== '' || input.blocks !== undefined;
  const { text, blocks } = hasWords
    ? readContent({ text: input.initial_comment, blocks: input.blocks })
    : { text: '', blocks: null };
  const ids = shared.map(({ id }) => id);

  const said = await post(call, channel, {
    ...author(call, {}),
    subtype: 'file_share',
    text,
    blocks,
    files: ids,
    thread_ts: input.thread_ts ?? null,
  });
  for (const file of shared) {
    const changed = { ...file, shares: [...file.shares, { channel: channel.id, ts: said.ts }] };
    await call.session.store.put(files, changed);
    const event = { type: 'file_shared', channel_id: channel.id, file_id: file.id, user_id: call.user.id, file: { id: file.id } };
    await emit(call.session, { subscription: 'file_shared', event, channel });
  }
}

const info = method({
  name: 'files.info',
  scopes: ['files:read'],
  tier: 4,
  input: z.object({ file: arg.text }),
  async answer({ session, url }, { file: id }) {
    const file = await session.store.get(files, id);
    if (!file || file.state === 'announced') throw fail('file_not_found');
    const shares = Object.groupBy(file.shares, ({ channel }) => channel);
    const shown = Object.fromEntries(
      Object.entries(shares).map(([channel, all]) => [channel, (all ?? []).map(({ ts }) => ({ ts }))]),
    );
    return {
      file: { ...fileJson(url, session.account, file), shares: { public: shown } },
      comments: [],
      response_metadata: { next_cursor: '' },
    };
  },
});

const remove = method({
  name: 'files.delete',
  scopes: ['files:write'],
  tier: 3,
  input: z.object({ file: arg.text }),
  async answer({ session, user }, { file: id }) {
    const file = await session.store.get(files, id);
    if (!file) throw fail('file_not_found');
    if (file.user !== user.id) throw fail('cant_delete_file');
    await session.store.remove(files, id);
    return {};
  },
});

export const fileMethods: readonly Method[] = [getUploadUrl, completeUpload, info, remove];
