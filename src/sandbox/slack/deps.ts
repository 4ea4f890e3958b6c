import type { DueWork } from '../due-work.ts';
import type { ServeDeps } from '../serve.ts';
import type { CommandDeps } from './commands/run-command.ts';
import type { SlackControl } from './control/control.ts';
import type { WorkspaceState } from './workspace/session.ts';

/** What answering a request to the stand-in takes. */
export interface Deps extends CommandDeps {
  readonly serving: ServeDeps<WorkspaceState>;
  /** Called after each commit: there may be events to deliver. */
  readonly kick: DueWork['kick'];
  /** The tools of a workspace, by its id. */
  readonly control: (team: string) => SlackControl;
}
