import { describe, expect, it } from 'vitest';
import { aChannel, aClient, aSandbox, aWorkspace, errorOf } from './workspace.ts';

const sandbox = aSandbox();
const BYTES = Buffer.from('a picture');

describe('files', () => {
  it('go in by three steps, which the real client walks', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client, slack, token } = workspace;
    const channel = await aChannel(workspace);
    await client.filesUploadV2({ channel_id: channel, filename: 'a.png', file: BYTES, initial_comment: 'Look' });
    const [said] = await slack.messages(channel);
    expect(said).toMatchObject({ text: 'Look', fileNames: ['a.png'], subtype: 'file_share' });
    const { messages } = await client.conversations.history({ channel });
    const file = messages?.[0]?.files?.[0];
    expect(file).toMatchObject({ name: 'a.png', mimetype: 'image/png', size: BYTES.length });
    const fetched = await fetch(file?.url_private ?? '', { headers: { authorization: `Bearer ${token}` } });
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(BYTES);
    const info = await client.files.info({ file: file?.id ?? '' });
    expect(info.file?.shares?.public).toMatchObject({ [channel]: [{ ts: said?.ts }] });
  });

  it('show a page instead of their bytes to whoever may not have them', async () => {
    const { slack, client } = await aWorkspace(sandbox(), {
      scopes: ['channels:history', 'channels:join', 'channels:read', 'files:read'],
    });
    const channel = (await slack.channels()).find(({ name }) => name === 'random')?.id ?? '';
    await slack.act({ do: 'post', as: 'Ben', channel, files: [{ name: 'a.txt', base64: 'eA==' }] });
    await client.conversations.join({ channel });
    const { messages } = await client.conversations.history({ channel });
    const address = messages?.find(({ files }) => files)?.files?.[0]?.url_private ?? '';
    const shown = await fetch(address);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('are refused when they never came, twice, or when the workspace takes none', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    const { file_id = '', upload_url = '' } = await client.files.getUploadURLExternal({ filename: 'a.txt', length: 3 });
    const complete = () => errorOf(client.files.completeUploadExternal({ files: [{ id: file_id }] }));
    expect(await complete()).toBe('file_update_failed');
    expect((await fetch(upload_url, { method: 'POST', body: 'four' })).status).toBe(400);
    expect((await fetch(upload_url, { method: 'POST', body: 'abc' })).status).toBe(200);
    expect([await complete(), await complete()]).toEqual(['ok', 'file_update_failed']);
    await slack.set({ fileUploads: false });
    expect(await errorOf(client.files.getUploadURLExternal({ filename: 'a.txt', length: 3 }))).toBe('file_uploads_disabled');
    const stranger = aClient(sandbox(), await slack.adminToken());
    expect(await errorOf(stranger.files.completeUploadExternal({ files: [{ id: file_id }] }))).toBe('file_not_found');
  });
});
