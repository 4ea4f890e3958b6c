import { describe, expect, it } from 'vitest';
import { aSandbox, aTicket, anAccount, comment } from './account.ts';
import { type Api, createApi } from './api.ts';

const sandbox = aSandbox();
const BYTES = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255, 10]);
const PNG = { 'content-type': 'image/png' };

const upload = (api: Api, name: string, extra = '') => api.post(`/uploads.json?filename=${name}${extra}`, BYTES, PNG);

/** Uploads a picture, attaches it to a comment, and answers the address of its bytes. */
async function attached(api: Api): Promise<string> {
  const token = (await upload(api, 'photo.png')).at('upload', 'token');
  const ticket = await aTicket(api);
  await comment(api, ticket, { body: 'See', uploads: [token] });
  return String((await api.get(`/tickets/${ticket}/comments`)).at('comments', 1, 'attachments', 0, 'content_url'));
}

describe('an upload', () => {
  it('becomes an attachment of a comment, byte for byte', async () => {
    const { api } = await anAccount(sandbox());
    const reply = await upload(api, 'photo.png');
    expect(reply.status).toBe(201);
    expect(reply.at('upload', 'attachment')).toMatchObject({ file_name: 'photo.png', content_type: 'image/png', size: 7 });
    const response = await fetch(await attached(api));
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await response.arrayBuffer())).toEqual(BYTES);
  });

  it('can hold several files', async () => {
    const { api } = await anAccount(sandbox());
    const token = String((await upload(api, 'a.png')).at('upload', 'token'));
    expect((await upload(api, 'b.png', `&token=${token}`)).count('upload', 'attachments')).toBe(2);
    const ticket = await aTicket(api);
    await comment(api, ticket, { body: 'See', uploads: [token] });
    expect((await api.get(`/tickets/${ticket}/comments`)).count('comments', 1, 'attachments')).toBe(2);
  });

  it('is good for sixty minutes and one comment', async () => {
    const { api } = await anAccount(sandbox());
    const ticket = await aTicket(api);
    const token = (await upload(api, 'a.png')).at('upload', 'token');
    expect((await comment(api, ticket, { body: 'x', uploads: [token] })).status).toBe(200);
    expect((await comment(api, ticket, { body: 'x', uploads: [token] })).status).toBe(422);
    const late = (await upload(api, 'b.png')).at('upload', 'token');
    sandbox().clock.advance(60 * 60_000);
    expect((await comment(api, ticket, { body: 'x', uploads: [late] })).status).toBe(422);
    expect((await api.get(`/tickets/${ticket}/comments`)).count('comments')).toBe(2);
  });

  it('is refused when too large, or when name and type do not fit', async () => {
    const { api, control } = await anAccount(sandbox());
    await control.set({ maxUploadBytes: 6 });
    expect((await upload(api, 'photo.png')).status).toBe(413);
    await control.set({ maxUploadBytes: 7 });
    expect((await upload(api, 'photo.jpg')).status).toBe(422);
  });

  it('can be deleted before it is used', async () => {
    const { api } = await anAccount(sandbox());
    const token = String((await upload(api, 'a.png')).at('upload', 'token'));
    expect((await api.delete(`/uploads/${token}.json`)).status).toBe(204);
    expect((await comment(api, await aTicket(api), { body: 'x', uploads: [token] })).status).toBe(422);
  });
});

describe('the bytes of an attachment', () => {
  it('are open to all who know the address, until attachments are private', async () => {
    const { api, control } = await anAccount(sandbox());
    const path = (await attached(api)).replace(control.url, '');
    expect((await createApi(control.url).call('GET', path)).status).toBe(200);
    await control.set({ privateAttachments: true });
    expect((await createApi(control.url).call('GET', path)).status).toBe(401);
    expect((await api.call('GET', path)).status).toBe(200);
    expect((await api.get('/account/settings')).at('settings', 'attachments', 'private_attachments')).toBe(true);
  });
});
