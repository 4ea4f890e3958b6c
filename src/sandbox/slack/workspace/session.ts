import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Accounts, Reading, Session } from '../../accounts.ts';
import { settingsSchema } from './settings.ts';

/** What is known of a workspace besides its documents. Its account is called by its id: `T…`. */
export const workspaceState = z.object({
  /** Absent until it is furnished. */
  name: z.string().nullable(),
  /** `acme` of `acme.slack.com`. */
  domain: z.string(),
  settings: settingsSchema,
  /** The newest message's time, in microseconds: no two messages have the same. */
  lastTs: z.number(),
});
export type WorkspaceState = z.infer<typeof workspaceState>;

export type Workspaces = Accounts<WorkspaceState>;
export type SlackSession = Session<WorkspaceState>;
export type SlackReading = Reading<WorkspaceState>;

const NUMBER_BITS = 46n;

/** The number of a workspace, as it stands in its tokens: made from its domain, so that it needs no register. */
const teamNumberOf = (domain: string): number =>
  Number(createHash('sha256').update(domain).digest().readBigUInt64BE() >> (64n - NUMBER_BITS));

const spell = (number: number): string => number.toString(36).toUpperCase().padStart(9, '0');

/** The id of the workspace with a domain. */
export const teamIdOf = (domain: string): string => `T${spell(teamNumberOf(domain))}`;
/** The id of the workspace with a number. */
export const teamIdOfNumber = (number: string): string => `T${spell(Number(number))}`;
export const teamNumber = (teamId: string): number => Number.parseInt(teamId.slice(1), 36);

/** A new id such as `C073BN…`: what it names is told by its first letter. */
export const newSlackId = (session: SlackSession, letter: string): string => `${letter}${spell(session.nextId())}`;

/** A point in time as Slack writes it: whole seconds. */
export const unix = (epochMs: number): number => Math.floor(epochMs / 1_000);
