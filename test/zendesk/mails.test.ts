import { describe, expect, it } from 'vitest';
import { adminOf } from './support/admin.ts';
import { atZendesk } from './support/at-zendesk.ts';
import type { AtZendesk } from './support/at-zendesk.ts';

/** An app user whose e-mail address Zendesk knows writes, is answered twice and is done. @returns how many mails that person would get. */
async function mailsOfTalk({ world, conversation, says, acts }: AtZendesk): Promise<number> {
  const person = await world.db
    .selectFrom('conversations')
    .select('app_user_id as id')
    .where('id', '=', conversation)
    .executeTakeFirstOrThrow();
  const user = { name: 'Ann Lee', email: 'ann@example.com', external_id: `testbridge:${world.app}:${person.id}` };
  await adminOf(world.zendesk).call('POST', '/users', { user: { ...user, skip_verify_email: true } });
  await says('one');
  await acts({ do: 'reply', text: 'an answer' });
  await says('two');
  await acts({ do: 'solve', text: 'done' });
  expect((await world.comments()).map(({ text }) => text.split('\n')[0])).toEqual(['one', 'an answer', 'two', 'done']);
  return (await world.zendesk.outbox()).filter(({ to }) => to === 'ann@example.com').length;
}

describe('the mails that Zendesk sends to an app user', () => {
  describe('where the triggers have their condition', () => {
    const at = atZendesk();
    it('are none', async () => {
      expect(await mailsOfTalk(at())).toBe(0);
    });
  });

  describe('where they have none', () => {
    const at = atZendesk({ install: false });
    it('are one for the ticket, one for each comment and one for the end', async () => {
      expect(await mailsOfTalk(at())).toBe(5);
    });
  });
});
