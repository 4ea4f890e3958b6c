import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createClient } from '../../api/support/client.ts';
import type { Client } from '../../api/support/client.ts';

/** An app user whose app does not give up: what was not answered is sent again, under the same id, to the next API. */
export interface Speaker {
  readonly userId: string;
  /** Begins with the first thing said. */
  readonly conversation: string;
  /** What the API has confirmed, in the order in which it was said. */
  readonly said: readonly string[];
  say(text: string): Promise<void>;
  /** What the conversation holds, as the app reads it: the app user's words and the agents'. */
  read(): Promise<{ readonly own: readonly string[]; readonly answers: readonly string[] }>;
}

export interface SpeakerOptions {
  readonly userId: string;
  readonly authorization: string;
  /** Where the APIs are now. */
  readonly apis: () => readonly string[];
}

const GIVE_UP_MS = 120_000;

export async function aSpeaker({ userId, authorization, apis }: SpeakerOptions): Promise<Speaker> {
  const said: string[] = [];
  const ask = async (...request: Parameters<Client>): ReturnType<Client> => {
    const errors: string[] = [];
    for (const deadline = Date.now() + GIVE_UP_MS; Date.now() < deadline; await sleep(100)) {
      const all = apis();
      const api = all[(said.length + errors.length) % all.length] ?? '';
      try {
        const reply = await createClient(`${api}/v1.1`, authorization)(...request);
        if (reply.status < 500) return reply;
        errors.push(String(reply.status));
      } catch (error) {
        errors.push(String(error));
      }
    }
    throw new Error(`no API answers ${userId}: ${errors.slice(-3).join(', ')}`);
  };
  await ask('POST', '/appusers', { userId });
  const path = `/appusers/${userId}/messages`;
  let conversation = '';
  return {
    userId,
    get conversation() {
      return conversation;
    },
    said,
    say: async (text) => {
      const reply = await ask('POST', path, { role: 'appUser', text, _clientId: text });
      if (reply.status !== 201) throw new Error(`a message was answered ${reply.status}: ${reply.text}`);
      conversation = reply.at('conversation', '_id');
      said.push(text);
    },
    read: async () => {
      const messages = await readAll((query) => ask('GET', `${path}${query}`));
      const of = (role: string): readonly string[] => messages.filter((one) => one.role === role).map(({ text }) => text);
      return { own: of('appUser'), answers: of('appMaker') };
    },
  };
}

const Page = z.object({
  messages: z.array(z.object({ role: z.string(), text: z.string(), received: z.number() })),
  previous: z.string().optional(),
});

/** Oldest first. */
async function readAll(get: (query: string) => ReturnType<Client>): Promise<z.infer<typeof Page>['messages']> {
  let page = Page.parse((await get('')).body);
  const all = [...page.messages];
  while (page.previous !== undefined) {
    page = Page.parse((await get(new URL(page.previous).search)).body);
    all.unshift(...page.messages);
  }
  return all;
}

/** Lets speakers talk until they are stopped, each one thing after the other. @returns what ends it, once all have finished. */
export function talk(speakers: readonly Speaker[]): () => Promise<void> {
  let isOver = false;
  const talks = speakers.map(async (speaker) => {
    for (let count = 1; !isOver; count += 1) {
      await speaker.say(`${speaker.userId} says ${count}`);
      await sleep(400);
    }
  });
  const all = Promise.all(talks);
  // Heard by whoever stops it.
  all.catch(() => undefined);
  return async () => {
    isOver = true;
    await all;
  };
}
