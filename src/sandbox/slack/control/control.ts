import { changeSettings } from '../../change-settings.ts';
import { type CommonControl, commonControl } from '../../common-control.ts';
import { pressAllow } from '../../press-allow.ts';
import type { RequestLog } from '../../request-log.ts';
import { type Installation, installations } from '../apps/installation.ts';
import { type Channel, listChannels } from '../channels/channel.ts';
import { type CommandDeps, type CommandResult, runCommand } from '../commands/run-command.ts';
import { type EventCall, eventCalls, isSubscribed } from '../events/delivery.ts';
import { type Member, people } from '../members/member.ts';
import type { Ephemeral } from '../messages/ephemeral.ts';
import { namesFor } from '../messages/names.ts';
import { install, revoke, uninstall } from '../oauth/install.ts';
import { ADMIN_SCOPES } from '../oauth/scopes.ts';
import { botToken, tokens, userToken } from '../oauth/token.ts';
import { type SlackSession } from '../workspace/session.ts';
import { type Settings, type SettingsChange, settingsSchema } from '../workspace/settings.ts';
import { act, type Acted, actor, channelCalled, type MemberAction, memberAction } from './member-action.ts';
import { seenEphemerals, type SeenMessage, seenMessages } from './seen.ts';

/** What tests and the curious can see and do in one workspace beyond Slack's own API. */
export interface SlackControl extends CommonControl<Settings, SettingsChange> {
  /** `T…`. */
  readonly team: string;
  /** What a member sees at once: its address. */
  readonly page: string;
  /** Does what a member would do. @throws {Refusal} with what Slack would say */
  act(action: MemberAction): Promise<Acted & { readonly command?: CommandResult }>;
  people(): Promise<readonly Member[]>;
  /** Also the archived ones, and talk between two. */
  channels(): Promise<readonly Channel[]>;
  /** What stands in a channel, threads too, oldest first. By id or name, whoever may see it. */
  messages(channel: string): Promise<readonly SeenMessage[]>;
  /** What single members were told, oldest first. */
  ephemerals(channel: string): Promise<readonly Ephemeral[]>;
  /** Events that apps asked for, with the attempts to deliver them, oldest first. */
  events(): Promise<readonly EventCall[]>;
  /** An owner's token, with which everything can be read. The same each time. */
  adminToken(): Promise<string>;
  /** Installs an app without a browser. @returns its token */
  install(appId: string, scopes: readonly string[]): Promise<string>;
  installation(appId: string): Promise<Installation | undefined>;
  /** Removes an app, or ends its tokens. */
  uninstall(appId: string): Promise<void>;
  revoke(appId: string): Promise<void>;
  /** Presses "Allow" on the page that an app's authorize address leads to. @returns where the browser is sent */
  allow(authorizeUrl: string): Promise<string>;
}

export interface ControlDeps extends CommandDeps {
  readonly log: RequestLog;
  /** Called after each commit that may have made work for the background. */
  readonly kick: () => void;
}

export function createControl(deps: ControlDeps, team: string): SlackControl {
  const { workspaces, log, url } = deps;
  const write = async <R>(work: (session: SlackSession) => Promise<R>): Promise<R> => {
    const result = await workspaces.write(team, work);
    deps.kick();
    return result;
  };
  const withInstallation = (appId: string, work: (session: SlackSession, found: Installation) => Promise<void>) =>
    write(async (session) => {
      const found = await session.store.get(installations, appId);
      if (found) await work(session, found);
    });
  return {
    team,
    page: `${url}/client/${team}`,
    ...commonControl({
      accounts: workspaces,
      log,
      account: team,
      write,
      settingsOf: (state) => state.settings,
      change: applySettings,
    }),
    act: async (input) => {
      const action = memberAction.parse(input);
      if (action.do !== 'command') return write((session) => act({ session, url }, action));
      const command = await runCommand(deps, await typed(deps, team, action));
      deps.kick();
      return { channel: action.channel, ts: null, command };
    },
    ...looking(deps, team),
    adminToken: () => write(adminToken),
    install: (appId, scopes) => write((session) => installDirectly(deps, session, appId, scopes)),
    installation: (appId) => workspaces.read(team, ({ store }) => store.get(installations, appId)),
    uninstall: (appId) => withInstallation(appId, uninstall),
    revoke: (appId) => withInstallation(appId, revoke),
    allow: (authorizeUrl) => {
      const here = new URL(authorizeUrl);
      here.searchParams.set('team', team);
      return pressAllow(here.toString(), 'authorize');
    },
  };
}

type Looking = Pick<SlackControl, 'people' | 'channels' | 'messages' | 'ephemerals' | 'events'>;

function looking({ workspaces, directory, url }: ControlDeps, team: string): Looking {
  return {
    people: () => workspaces.read(team, ({ store }) => people(store)),
    channels: () => workspaces.read(team, ({ store }) => listChannels(store)),
    messages: (channel) => workspaces.read(team, (session) => seenMessages({ session, url }, channel)),
    ephemerals: (channel) => workspaces.read(team, (session) => seenEphemerals({ session, url }, channel)),
    events: async () => {
      const all = await workspaces.read(team, ({ store }) => store.list(eventCalls));
      return all.filter((call) => {
        const app = directory.app(call.app_id);
        return app !== undefined && isSubscribed(app, call);
      });
    },
  };
}

function applySettings(session: SlackSession, change: SettingsChange): Settings {
  const settings = changeSettings(settingsSchema, session.state.settings, change);
  session.update({ settings });
  return settings;
}

async function adminToken(session: SlackSession): Promise<string> {
  const [owner] = await people(session.store);
  if (!owner) throw new Error('the workspace has no owner: it was not seeded');
  const issued = (await session.store.list(tokens, { group: owner.id })).find(({ state }) => state === 'live');
  return (issued ?? (await userToken(session, owner.id, ADMIN_SCOPES))).token;
}

async function installDirectly(
  { directory }: ControlDeps,
  session: SlackSession,
  appId: string,
  scopes: readonly string[],
): Promise<string> {
  const app = directory.app(appId);
  const [owner] = await people(session.store);
  if (!app || !owner) throw new Error(`no such app [id=${appId}]`);
  const installation = await install(session, app, { scopes, installer: owner.id });
  return (await botToken(session, installation, app.manifest.settings.token_rotation_enabled)).token;
}

/** Who typed a command where. @throws {Refusal} */
const typed = ({ workspaces }: ControlDeps, team: string, action: { as: string; channel: string; text: string }) =>
  workspaces.read(team, async (reading) => {
    const user = await actor(reading, action.as);
    const channel = await channelCalled(reading, user, action.channel);
    const [, command = '', text = ''] = /^(\/\S+)\s*([\s\S]*)$/.exec(action.text) ?? [];
    return { team, user, channel, command, text, name: await namesFor(reading) };
  });
