import type { Ports } from '../../activities/ports.ts';
import type { ApiDeps } from '../api/deps.ts';
import type { Throttle } from './sign-in/throttle.ts';

/** All that the console needs of the rest of Deskbridge: what the API needs, and a little more. */
export interface ConsoleDeps extends ApiDeps {
  /** For calls to accounts with their credentials: the drift check, resending. */
  readonly ports: Ports;
  /** Where workflows are shown, up to their id. Absent: nobody said where the Temporal Web UI is. */
  readonly workflowsUrl: string | undefined;
  /** Where the vendors' stand-ins are, if they are used. */
  readonly sandboxUrl: string | undefined;
  /** Counts wrong passwords, wherever they are typed in. */
  readonly throttle: Throttle;
}
