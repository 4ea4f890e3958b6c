import { type Answer, json, noContent, page, redirect, Refusal } from '../../answer.ts';
import { below, type Exchange } from '../../exchange.ts';
import { html } from '../../../domain/html.ts';
import { sandboxPage } from '../../page.ts';
import { findRoute, type Params, type Route } from '../../routes.ts';
import { channels, sees } from '../channels/channel.ts';
import { type MemberAction, memberAction } from '../control/member-action.ts';
import type { Deps } from '../deps.ts';
import { bytesAnswer } from '../files/file-content.ts';
import { files } from '../files/file.ts';
import { clientPage } from './client-page.ts';
import { rooms } from './rooms.ts';
import { type Scene, sceneOf } from './scene.ts';
import { actionOf, problemOf } from './form.ts';
import { talk, threadTalk } from './talk.ts';

interface Ask {
  readonly deps: Deps;
  readonly exchange: Exchange;
  readonly params: Params;
}
interface PageRoute extends Route {
  readonly answer: (ask: Ask) => Promise<Answer>;
}

/** Below `/slack/client`. */
const ROUTES: readonly PageRoute[] = [
  {
    method: 'GET',
    path: '/',
    answer: async ({ deps }) => redirect(`${deps.url}/client/${(await deps.workspaces.names())[0] ?? ''}`),
  },
  { method: 'GET', path: '/:team', answer: (ask) => looking(ask, (scene) => openChannel(scene, ask)) },
  {
    method: 'GET',
    path: '/:team/-/files/:file/:name',
    answer: (ask) => looking(ask, (scene) => showFile(scene, ask.params.file ?? '')),
  },
  { method: 'POST', path: '/:team/-/as', answer: switchPersona },
  { method: 'POST', path: '/:team/-/channels', answer: createChannel },
  { method: 'GET', path: '/:team/:channel', answer: (ask) => looking(ask, (scene) => showChannel(scene, ask)) },
  { method: 'GET', path: '/:team/:channel/live', answer: (ask) => looking(ask, (scene) => livePart(scene, ask)) },
  { method: 'POST', path: '/:team/:channel/act', answer: actInChannel },
];

/**
 * Answers the pages for people; `undefined` for what is none.
 * @see https://docs.slack.dev/interactivity/deep-linking for `/app_redirect`
 */
export async function answerClient(deps: Deps, exchange: Exchange): Promise<Answer | undefined> {
  if (exchange.path === '/app_redirect' && exchange.method === 'GET') return redirect(redirectTarget(deps, exchange));
  const inside = below(exchange, '/client');
  const found = inside && findRoute(ROUTES, inside.method, inside.path);
  if (!inside || !found) return undefined;
  if (inside.headers['sec-fetch-site'] === 'cross-site' && inside.method !== 'GET')
    return problemPage(403, 'This came from another site.');
  try {
    return await found.route.answer({ deps, exchange: inside, params: found.params });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const said = problemOf(error.answer);
    return wantsJson(inside) ? json(422, { problem: said }) : problemPage(422, said);
  }
}

const redirectTarget = ({ url }: Deps, { query }: Exchange): string =>
  `${url}/client/${encodeURIComponent(query.get('team') ?? '')}/${encodeURIComponent(query.get('channel') ?? '')}`;

const wantsJson = ({ headers }: Exchange): boolean => headers.accept?.includes('application/json') ?? false;

const COOKIE = 'sandbox_slack_as';
const viewerOf = ({ headers }: Exchange): string | undefined =>
  new RegExp(`${COOKIE}=(U[A-Z0-9]+)`).exec(headers.cookie ?? '')?.[1];

const looking = ({ deps, exchange, params }: Ask, work: (scene: Scene) => Promise<Answer>): Promise<Answer> =>
  deps.workspaces.read(params.team ?? '', async (session) => work(await sceneOf(session, deps.url, viewerOf(exchange))));

/** Opens the channel that is asked for as far as the viewer sees it, else the general one. */
async function openChannel({ channels: seen, home }: Scene, { exchange }: Ask): Promise<Answer> {
  const asked = seen.find(({ id }) => id === exchange.query.get('channel'));
  const channel = asked ?? seen.find(({ is_general }) => is_general) ?? seen[0];
  return channel ? redirect(`${home}/${channel.id}`) : problemPage(404, 'There is no channel that you can see.');
}

async function showChannel(scene: Scene, { exchange, params }: Ask): Promise<Answer> {
  const channel = scene.channels.find(({ id }) => id === params.channel);
  if (!channel) return problemPage(404, 'There is no such channel, or you cannot see it.');
  return page(200, await clientPage(scene, { channel, thread: exchange.query.get('thread') ?? undefined }));
}

/** A part of the page, for the page to refresh itself. */
async function livePart(scene: Scene, { exchange, params }: Ask): Promise<Answer> {
  const channel = scene.channels.find(({ id }) => id === params.channel);
  const part = exchange.query.get('part');
  if (part === 'rooms') return page(200, rooms(scene, params.channel ?? ''));
  if (!channel) return noContent();
  if (part === 'thread') return page(200, await threadTalk(scene, channel, exchange.query.get('thread') ?? ''));
  return page(200, await talk(scene, channel));
}

async function showFile({ session, viewer }: Scene, id: string): Promise<Answer> {
  const file = await session.store.get(files, id);
  const shared = await session.store.getMany(
    channels,
    (file?.shares ?? []).map(({ channel }) => channel),
  );
  const bytes = file && shared.some((channel) => sees(channel, viewer.id)) ? await session.store.bytes(id) : undefined;
  return file && bytes ? bytesAnswer(file.mimetype, file.name, bytes) : problemPage(404, 'There is no such file.');
}

async function switchPersona({ deps, exchange, params }: Ask): Promise<Answer> {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  const [as, channel] = [form.get('as') ?? '', form.get('channel') ?? ''];
  const cookie = `${COOKIE}=${encodeURIComponent(as)}; Path=/slack/client; SameSite=Lax; HttpOnly`;
  const back = redirect(`${deps.url}/client/${params.team}?channel=${encodeURIComponent(channel)}`);
  return { ...back, headers: { ...back.headers, 'set-cookie': cookie } };
}

async function createChannel(ask: Ask): Promise<Answer> {
  const form = new URLSearchParams(ask.exchange.body.toString('utf8'));
  const name = (form.get('name') ?? '').trim().toLowerCase().replaceAll(' ', '-');
  const { channel } = await perform(ask, (as) => ({ as, do: 'createChannel', name, private: form.has('private') }));
  return done(ask, `${ask.deps.url}/client/${ask.params.team}/${channel}`);
}

async function actInChannel(ask: Ask): Promise<Answer> {
  const { team, channel = '' } = ask.params;
  const form = new URLSearchParams(ask.exchange.body.toString('utf8'));
  await perform(ask, (as) => actionOf({ as, channel, form }));
  const here = `${ask.deps.url}/client/${team}/${channel}`;
  const thread = form.get('thread');
  if (form.get('do') === 'deleteChannel') return done(ask, `${ask.deps.url}/client/${team}`);
  return done(ask, thread === null ? here : `${here}?thread=${thread}`, form.get('do') === 'say' || form.has('ts'));
}

async function perform(ask: Ask, action: (as: string) => MemberAction) {
  const { deps, exchange, params } = ask;
  const team = params.team ?? '';
  const { viewer } = await deps.workspaces.read(team, (session) => sceneOf(session, deps.url, viewerOf(exchange)));
  return deps.control(team).act(memberAction.parse(action(viewer.id)));
}

/** Where the browser goes on. A script that only said something stays where it is. */
const done = ({ exchange }: Ask, next: string, stays = false): Answer =>
  wantsJson(exchange) ? json(200, { next: stays ? null : next }) : redirect(next);

const problemPage = (status: number, said: string): Answer => {
  const body = html`<div class="card">
    <h1>Not possible</h1>
    <p>${said}</p>
  </div>`;
  return page(status, sandboxPage({ title: 'Not possible', vendor: 'Slack', body }));
};
