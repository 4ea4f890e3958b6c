/** A right that we ask a workspace for. */
export interface Scope {
  readonly name: string;
  /** For people: what we do with it. */
  readonly why: string;
  /** For people: what is worse without it. Absent: nothing works without it. */
  readonly without?: string;
}

/** All that we ask for, as the manifest lists them and docs/slack.md explains them. */
export const SCOPES: readonly Scope[] = [
  { name: 'commands', why: 'the command with which agents answer' },
  { name: 'chat:write', why: 'post what people write' },
  { name: 'channels:manage', why: 'make a channel for each person, set its topic and invite to it' },
  { name: 'channels:read', why: 'look whether a channel is still there, and who is in it' },
  { name: 'channels:history', why: 'look whether a message of ours arrived before it is posted again' },
  {
    name: 'chat:write.customize',
    why: 'show each message under the name and picture of whoever wrote it',
    without: 'messages appear under the name of the Slack app, with the writer’s name in front',
  },
  {
    name: 'chat:write.public',
    why: 'notify in a public channel without joining it',
    without: 'the Slack app has to be a member of the dispatch channel',
  },
  {
    name: 'channels:join',
    why: 'join the dispatch channel',
    without: 'somebody has to invite the Slack app to the dispatch channel',
  },
  { name: 'users:read', why: 'show an agent’s name and picture', without: 'agents are shown under their Slack user names' },
  { name: 'files:write', why: 'post files and images', without: 'files and images appear as links' },
  {
    name: 'files:read',
    why: 'look whether a file arrived before it is posted again',
    without: 'files and images appear as links',
  },
];

/** The rights without which nothing works that are not among these. */
export const lacking = (granted: ReadonlySet<string>): readonly string[] =>
  SCOPES.filter(({ name, without }) => without === undefined && !granted.has(name)).map(({ name }) => name);

/** What is worse because of rights that were not granted, a sentence each. */
export const shortfalls = (granted: ReadonlySet<string>): readonly string[] =>
  SCOPES.flatMap(({ name, without }) =>
    without === undefined || granted.has(name)
      ? []
      : [`The right ${name} was not granted: ${without}. Connect the workspace again to grant it.`],
  );

/** As Slack lists them: with commas between. */
export const parseScopes = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
