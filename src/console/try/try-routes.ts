import { takeMessage } from '../../api/messages/post-message.ts';
import { nameOfUser } from '../../api/users/wire-user.ts';
import { createAppUser, findAppUser } from '../../db/app-users.ts';
import type { StoredUser } from '../../db/app-users.ts';
import { listViews } from '../../db/console/integrations.ts';
import { readLanes } from '../../db/console/lanes.ts';
import { readMessages } from '../../db/messages.ts';
import { appGet, appPost } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { page, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { tryBody } from './try-page.ts';

/** Acting as a user of the app, so that both ends can be seen in one browser. */
export const tryRoutes: readonly ConsoleRoute[] = [appGet('/try', show), appPost('/try', say)];

const USER = 'ann';
const LONGEST = 4_000;
const SHOWN = 50;

async function show(visit: AppVisit): Promise<Reply> {
  const { deps, app, query } = visit;
  const name = nameIn(query);
  const user = await findAppUser(deps.db, app.id, name);
  const said = user === undefined ? [] : await readMessages(deps.db, user.conversation, { kind: 'newest' }, SHOWN);
  const lanes = user === undefined ? [] : await readLanes(deps.db, [user.conversation]);
  const isConnected = (await listViews(deps.db, app.id)).some(({ status }) => status === 'connected' || status === 'connecting');
  return page({
    title: 'Try it',
    lead: `You are a user of ${app.name}. What you write here goes to everything that is connected, as if your app had sent it.`,
    section: 'try',
    body: tryBody({ visit, name, conversation: user?.conversation, said, lanes, isConnected }),
  });
}

const nameIn = (fields: URLSearchParams): string => fields.get('user')?.trim().slice(0, 255) || USER;

async function say(visit: AppVisit): Promise<Reply> {
  const { deps, form, home } = visit;
  const name = nameIn(form);
  const here = `${home}/try?user=${encodeURIComponent(name)}`;
  const text = (form.get('text') ?? '').trim();
  if (text === '' || text.length > LONGEST) return refused(here, `Expected a text of 1 to ${LONGEST} characters.`);
  const user = await userNamed(visit, name);
  const called = nameOfUser(user);
  await takeMessage(deps, user.conversation, {
    role: 'appUser',
    content: { type: 'text', text },
    author: { id: user.id, ...(called !== undefined && { name: called }) },
    source: { type: 'web' },
  });
  return { kind: 'go', to: here };
}

/** Somebody new comes into being with their first message. */
async function userNamed({ deps, app }: AppVisit, name: string): Promise<StoredUser> {
  const known = await findAppUser(deps.db, app.id, name);
  if (known !== undefined) return known;
  await createAppUser(deps.db, { app: app.id, userId: name, profile: {}, now: deps.clock.now() });
  const made = await findAppUser(deps.db, app.id, name);
  if (made === undefined) throw new Error('an app user that was just made is not there');
  return made;
}
