import { describe, expect, it } from 'vitest';
import { aChannel, aClient, aSandbox, aWorkspace, errorOf } from './workspace.ts';

const sandbox = aSandbox();

describe('the name of a channel', () => {
  it.each([
    ['', 'invalid_name_required'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['Ann', 'invalid_name_specials'],
    ['ann lee', 'invalid_name_specials'],
    ['ann.lee', 'invalid_name_specials'],
    ['--', 'invalid_name_punctuation'],
    ['sk-ann_lee-2', 'ok'],
    ['ännchen', 'ok'],
  ])('%j is answered %s', async (name, answer) => {
    const { client } = await aWorkspace(sandbox());
    expect(await errorOf(client.conversations.create({ name }))).toBe(answer);
  });

  it('is taken by private and archived channels too, and free again after one was deleted', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    await slack.act({ do: 'createChannel', as: 'Ada Admin', name: 'secret', private: true });
    expect(await errorOf(client.conversations.create({ name: 'secret' }))).toBe('name_taken');
    const { channel } = await client.conversations.create({ name: 'old' });
    await client.conversations.archive({ channel: channel?.id ?? '' });
    expect(await errorOf(client.conversations.create({ name: 'old' }))).toBe('name_taken');
    await slack.act({ do: 'deleteChannel', as: 'Ada Admin', channel: channel?.id ?? '' });
    expect(await errorOf(client.conversations.create({ name: 'old' }))).toBe('ok');
  });

  it('can be given only by admins where the workspace says so', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    await slack.set({ channelCreation: 'admins' });
    expect(await errorOf(client.conversations.create({ name: 'mine' }))).toBe('restricted_action');
  });
});

describe('an archived channel', () => {
  it('takes no posts, and no app can open it again: the archiving threw it out', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client, slack } = workspace;
    const channel = await aChannel(workspace);
    await slack.act({ do: 'archive', as: 'Ben', channel });
    expect(await errorOf(client.chat.postMessage({ channel, text: 'x' }))).toBe('is_archived');
    expect(await errorOf(client.conversations.archive({ channel }))).toBe('already_archived');
    expect(await errorOf(client.conversations.unarchive({ channel }))).toBe('not_in_channel');
    expect(await errorOf(client.conversations.join({ channel }))).toBe('is_archived');
    const admin = aClient(sandbox(), await slack.adminToken());
    expect(await errorOf(admin.conversations.unarchive({ channel }))).toBe('ok');
    expect((await client.conversations.info({ channel })).channel).toMatchObject({ is_archived: false, is_member: false });
    await client.conversations.join({ channel });
    expect(await errorOf(client.chat.postMessage({ channel, text: 'x' }))).toBe('ok');
  });
});

describe('who may post and read', () => {
  it('is who is inside, but for apps that may post to public channels', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    const { channel } = await slack.act({ do: 'createChannel', as: 'Ben', name: 'bens' });
    const theirs = { channel: channel ?? '' };
    expect(await errorOf(client.chat.postMessage({ ...theirs, text: 'x' }))).toBe('ok');
    expect(await errorOf(client.conversations.history(theirs))).toBe('not_in_channel');
    const inside = await aWorkspace(sandbox(), { scopes: ['chat:write', 'channels:read'] });
    const random = (await inside.slack.channels()).find(({ name }) => name === 'random')?.id ?? '';
    expect(await errorOf(inside.client.chat.postMessage({ channel: random, text: 'x' }))).toBe('not_in_channel');
  });

  it('finds no private channel and no deleted one', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client, slack } = workspace;
    const { channel } = await slack.act({ do: 'createChannel', as: 'Ben', name: 'secret', private: true });
    expect(await errorOf(client.chat.postMessage({ channel: channel ?? '', text: 'x' }))).toBe('channel_not_found');
    const gone = await aChannel(workspace);
    await slack.act({ do: 'deleteChannel', as: 'Ada Admin', channel: gone });
    expect(await errorOf(client.chat.postMessage({ channel: gone, text: 'x' }))).toBe('channel_not_found');
    expect(await errorOf(client.conversations.info({ channel: gone }))).toBe('channel_not_found');
  });

  it('can be the admins alone in the general channel, which has a flag whatever its name', async () => {
    const { client, slack } = await aWorkspace(sandbox());
    const { channels } = await client.conversations.list({ types: 'public_channel', exclude_archived: true });
    const general = channels?.find(({ is_general }) => is_general);
    expect(general?.name).toBe('general');
    await slack.set({ generalPosting: 'admins' });
    expect(await errorOf(client.chat.postMessage({ channel: general?.id ?? '', text: 'x' }))).toBe('restricted_action');
    expect(await errorOf(client.conversations.archive({ channel: general?.id ?? '' }))).toBe('cant_archive_general');
  });

  it('needs the bot’s own name unless it may have another', async () => {
    const workspace = await aWorkspace(sandbox(), { scopes: ['chat:write', 'channels:manage'] });
    const channel = await aChannel(workspace);
    expect(await errorOf(workspace.client.chat.postMessage({ channel, text: 'x', username: 'Ann' }))).toBe('missing_scope');
    const { message } = await workspace.client.chat.postMessage({ channel, text: 'x' });
    expect(message).not.toHaveProperty('subtype');
  });
});

describe('inviting', () => {
  it('lets people in once, and says what is wrong with each', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client, slack } = workspace;
    const channel = await aChannel(workspace);
    const ben = (await slack.people()).find(({ name }) => name === 'ben')?.id ?? '';
    const me = (await client.auth.test()).user_id ?? '';
    const invite = (users: string, force = false) => errorOf(client.conversations.invite({ channel, users, force }));
    expect(await invite(ben)).toBe('ok');
    expect(await invite(ben)).toBe('already_in_channel');
    expect(await invite(me)).toBe('cant_invite_self');
    expect(await invite('U0')).toBe('user_not_found');
    const gus = (await slack.people()).find(({ name }) => name === 'gus')?.id ?? '';
    expect(await invite(`${gus},U0`)).toBe('user_not_found');
    expect(await invite(`${gus},U0`, true)).toBe('ok');
    expect((await client.conversations.members({ channel })).members).toEqual([me, ben, gus]);
  });
});

describe('a list of channels', () => {
  it('is cut into pages before the archived ones are left out, so that a page can be empty', async () => {
    const workspace = await aWorkspace(sandbox());
    const { client } = workspace;
    for (const name of ['one', 'two', 'three']) {
      await client.conversations.archive({ channel: await aChannel(workspace, name) });
    }
    await aChannel(workspace, 'four');
    const pages: (readonly (string | undefined)[])[] = [];
    let cursor: string | undefined;
    do {
      const { channels, response_metadata } = await client.conversations.list({
        exclude_archived: true,
        limit: 2,
        ...(cursor !== undefined && { cursor }),
      });
      pages.push((channels ?? []).map(({ name }) => name));
      cursor = response_metadata?.next_cursor;
    } while (cursor);
    expect(pages).toEqual([['general', 'random'], [], ['four']]);
    expect((await client.users.conversations({ exclude_archived: true })).channels?.map(({ name }) => name)).toEqual(['four']);
  });
});
