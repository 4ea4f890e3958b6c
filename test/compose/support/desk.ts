import { z } from 'zod';
import type { Demo } from './demo.ts';

/** Zendesk's stand-in, as an agent and an administrator see it. */
export interface Desk {
  /** What stands on the tickets of each conversation, in the order in which an agent reads it. */
  said(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Answers on the newest ticket of a conversation. */
  answer(conversation: string, text: string): Promise<void>;
  /** Changes the account's settings. */
  set(settings: Readonly<Record<string, number | boolean>>): Promise<void>;
  /** Makes every write take so long. @returns how often that has happened. */
  slowDown(ms: number): Promise<() => Promise<number>>;
}

const Tickets = z.object({ tickets: z.array(z.object({ id: z.number(), external_id: z.string().nullable() })) });
const Comments = z.object({ comments: z.array(z.object({ plain_body: z.string() })) });
const Faults = z.object({ faults: z.array(z.object({ fired: z.number() })) });

export function openDesk({ zendesk: { url, token } }: Demo): Desk {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`the sandbox answers ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    return answer.status === 204 ? undefined : await answer.json();
  };
  const tickets = async (): Promise<readonly { id: number; conversation: string }[]> => {
    const listed = Tickets.parse(await ask('GET', '/api/v2/tickets?page[size]=100'));
    return listed.tickets.map(({ id, external_id }) => ({ id, conversation: external_id?.split(':')[1] ?? '' }));
  };
  return {
    said: async () => {
      const said: Record<string, string[]> = {};
      for (const { id, conversation } of await tickets()) {
        const { comments } = Comments.parse(await ask('GET', `/api/v2/tickets/${id}/comments?page[size]=100`));
        (said[conversation] ??= []).push(...comments.flatMap(({ plain_body }) => plain_body.split('\n\n')));
      }
      return said;
    },
    answer: async (conversation, text) => {
      const ticket = (await tickets()).findLast((one) => one.conversation === conversation);
      await ask('POST', '/sandbox/actions', { ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text });
    },
    set: async (settings) => void (await ask('PATCH', '/sandbox/settings', settings)),
    slowDown: async (ms) => {
      for (const method of ['POST', 'PUT']) await ask('POST', '/sandbox/faults', { kind: 'slow', method, ms, times: 1_000_000 });
      return async () => {
        const { faults } = Faults.parse(await ask('GET', '/sandbox/faults'));
        return faults.reduce((sum, { fired }) => sum + fired, 0);
      };
    },
  };
}
