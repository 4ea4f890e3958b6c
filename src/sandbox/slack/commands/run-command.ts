import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSuccess } from '../../call-out.ts';
import type { SandboxClock } from '../../clock.ts';
import { takeFault } from '../../faults.ts';
import type { App } from '../apps/app.ts';
import type { Directory } from '../apps/directory.ts';
import { type Installation, installed } from '../apps/installation.ts';
import type { SlashCommand } from '../apps/manifest.ts';
import { sendToApp } from '../apps/request.ts';
import type { Channel } from '../channels/channel.ts';
import { SLACKBOT, type Member } from '../members/member.ts';
import { typedText } from '../messages/text.ts';
import { post } from '../messages/post.ts';
import type { Sockets } from '../socket/sockets.ts';
import type { Place } from '../workspace/place.ts';
import { type Workspaces, teamNumber } from '../workspace/session.ts';
import type { Settings } from '../workspace/settings.ts';
import { newResponseUrl } from './response-url.ts';
import { speak, whisper } from './speak.ts';

export interface CommandDeps {
  readonly workspaces: Workspaces;
  readonly directory: Directory;
  readonly clock: SandboxClock;
  readonly sockets: Sockets;
  readonly url: string;
}

/** What a member typed: `/sk` and what follows it. */
export interface Typed {
  readonly team: string;
  readonly channel: Channel;
  readonly user: Member;
  readonly command: string;
  readonly text: string;
  /** What `@ben` and `#general` mean there. */
  readonly name: (sign: '@' | '#', word: string) => string | undefined;
}

/** How a command went: what its app was sent, and what came of it. */
export interface CommandResult {
  readonly trigger_id: string;
  readonly response_url: string;
  /** `null`: no answer in time. */
  readonly status: number | null;
  /** What the member is told when it failed: `operation_timeout`, `dispatch_failed`, … */
  readonly failure: string | null;
}

/** Sends a command to the app that has it, and shows its answer. There is no second try. */
export async function runCommand(deps: CommandDeps, typed: Typed): Promise<CommandResult> {
  const asked = await deps.workspaces.write(typed.team, (session) => prepare(deps, { session, url: deps.url }, typed));
  if (!asked) return { trigger_id: '', response_url: '', status: null, failure: 'not a command' };
  const { delayMs, copies } = asked;
  for (const due = deps.clock.now() + delayMs; deps.clock.now() < due;) await sleep(20);
  let answer: CommandAnswer = { status: null, body: undefined, failure: 'operation_timeout' };
  for (let copy = 0; copy < copies; copy += 1) answer = await dispatch(deps, asked);
  await deps.workspaces.write(typed.team, (session) => show({ session, url: deps.url }, typed, asked, answer));
  const { trigger_id, response_url } = asked.form;
  return { trigger_id, response_url, status: answer.status, failure: answer.failure };
}

interface Asked {
  readonly app: App;
  readonly command: SlashCommand;
  readonly installation: Installation;
  readonly form: Form;
  readonly settings: Settings;
  readonly delayMs: number;
  readonly copies: number;
}
type Form = Readonly<Record<string, string>> & { readonly trigger_id: string; readonly response_url: string };

async function prepare(deps: CommandDeps, place: Place, typed: Typed): Promise<Asked | undefined> {
  const { session } = place;
  const { store, state } = session;
  const hit = commandOf(deps.directory, await installed(store), typed.command);
  if (!hit) {
    await whisper(place, { ...typed, by: SLACKBOT }, { text: `\`${typed.command}\` is not a valid command.` });
    return undefined;
  }
  const { app, command, installation } = hit;
  const path = `/commands/${command.command.slice(1)}`;
  const fault = await takeFault(store, { on: 'outgoing', method: 'POST', path });
  const { user, channel } = typed;
  const form = {
    token: app.verification_token,
    team_id: session.account,
    team_domain: state.domain,
    channel_id: channel.id,
    channel_name: channel.kind === 'public' ? channel.name : channel.kind === 'private' ? 'privategroup' : 'directmessage',
    user_id: user.id,
    user_name: user.name,
    command: command.command,
    text: command.should_escape ? typedText(typed.text, typed.name) : typed.text,
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: await newResponseUrl(place, { app_id: app.id, channel: channel.id, user: user.id }),
    trigger_id: `${session.nextId()}.${teamNumber(session.account)}.${randomBytes(16).toString('hex')}`,
  };
  const copies = fault?.kind === 'lost' ? 0 : fault?.kind === 'duplicate' ? 2 : 1;
  return { app, command, installation, form, settings: state.settings, copies, delayMs: fault?.kind === 'delay' ? fault.ms : 0 };
}

/** The app that has a command. Names are not kept apart: the one installed last has it. */
function commandOf(directory: Directory, apps: readonly Installation[], name: string) {
  for (const installation of apps.toReversed()) {
    const app = directory.app(installation.app_id);
    const command = app?.manifest.features.slash_commands.find((own) => own.command === name);
    if (app && command && installation.scopes.includes('commands')) return { app, command, installation };
  }
  return undefined;
}

interface CommandAnswer {
  readonly status: number | null;
  readonly body: unknown;
  readonly failure: string | null;
}

async function dispatch({ sockets, clock }: CommandDeps, { app, command, form, settings }: Asked): Promise<CommandAnswer> {
  const timeoutMs = settings.answerTimeoutMs;
  if (app.manifest.settings.socket_mode_enabled) {
    const acknowledged = await sockets.send(app.id, { type: 'slash_commands', payload: form }, timeoutMs);
    if (acknowledged === 'timeout') return { status: null, body: undefined, failure: 'operation_timeout' };
    if (acknowledged === 'no_connection') return { status: null, body: undefined, failure: 'dispatch_failed' };
    return { status: 200, body: typeof acknowledged === 'object' ? acknowledged.payload : undefined, failure: null };
  }
  const body = new URLSearchParams(form).toString();
  const contentType = 'application/x-www-form-urlencoded';
  const outcome = await sendToApp({ app, url: command.url ?? '', body, contentType, now: clock.now(), timeoutMs });
  if (outcome.error === 'timeout') return { status: null, body: undefined, failure: 'operation_timeout' };
  if (outcome.error !== null) return { status: null, body: undefined, failure: 'dispatch_failed' };
  const failure = isSuccess(outcome) ? null : (outcome.status ?? 0) < 500 ? 'http_client_error' : 'http_service_error';
  return { status: outcome.status, body: readAnswer(outcome.response), failure };
}

/** An answer is JSON, or words for whoever typed; empty is nothing. */
function readAnswer(response: string): unknown {
  if (response.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(response);
    return typeof value === 'object' && value !== null ? value : { text: response };
  } catch {
    return { text: response };
  }
}

async function show(place: Place, typed: Typed, { command, installation }: Asked, answer: CommandAnswer): Promise<void> {
  if (answer.failure !== null) {
    const text = `\`${command.command}\` failed with the error "${answer.failure}"`;
    return whisper(place, { ...typed, by: SLACKBOT }, { text });
  }
  if (typeof answer.body !== 'object' || answer.body === null) return;
  // What is said to all shows all what was typed.
  const isForAll = 'response_type' in answer.body && answer.body.response_type === 'in_channel';
  if (isForAll)
    await post(place, typed.channel, {
      user: typed.user.id,
      text: typedText(`${typed.command} ${typed.text}`.trim(), typed.name),
    });
  await speak(place, { ...typed, installation }, answer.body);
}
