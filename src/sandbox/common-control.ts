import type { Accounts, Session } from './accounts.ts';
import { addFault, clearFaults, type FaultRow, type FaultScript, listFaults } from './faults.ts';
import type { LoggedRequest, RequestLog } from './request-log.ts';

/** What tests and the curious can see and do in one account of any vendor. */
export interface CommonControl<Settings = unknown, Change = unknown> {
  addFault(script: FaultScript): Promise<FaultRow>;
  /** Also the used-up ones, with how often each fired. */
  faults(): Promise<readonly FaultRow[]>;
  clearFaults(id?: number): Promise<void>;
  settings(): Promise<Settings>;
  /** @throws {ZodError} when a setting is unknown or its value is not possible */
  set(change: Change): Promise<Settings>;
  requests(): Promise<readonly LoggedRequest[]>;
  clearRequests(): Promise<void>;
}

export interface CommonControlDeps<State, Settings, Change> {
  readonly accounts: Accounts<State>;
  readonly log: RequestLog;
  readonly account: string;
  readonly write: <R>(work: (session: Session<State>) => Promise<R>) => Promise<R>;
  readonly settingsOf: (state: State) => Settings;
  readonly change: (session: Session<State>, change: Change) => Settings;
}

export function commonControl<State, Settings, Change>(
  deps: CommonControlDeps<State, Settings, Change>,
): CommonControl<Settings, Change> {
  const { accounts, log, account, write } = deps;
  return {
    addFault: (script) => write((session) => addFault(session, script)),
    faults: () => accounts.read(account, ({ store }) => listFaults(store)),
    clearFaults: (id) => write(({ store }) => clearFaults(store, id)),
    settings: () => accounts.read(account, async ({ state }) => deps.settingsOf(state)),
    set: (change) => write(async (session) => deps.change(session, change)),
    requests: () => log.list(account),
    clearRequests: () => log.clear(account),
  };
}
