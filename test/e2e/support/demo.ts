import { prepareDemo } from '../../../src/dev/demo.ts';
import { DEMO_USER } from '../../../src/dev/greeting.ts';
import { systemClock } from '../../../src/clock.ts';
import { newId } from '../../../src/db/new-id.ts';
import type { AppId } from '../../../src/domain/ids.ts';
import type { SlackControl } from '../../../src/sandbox/slack/control/control.ts';
import type { ZendeskControl } from '../../../src/sandbox/zendesk/control/control.ts';
import { newToken } from '../../../src/secrets.ts';
import { basic, createClient } from '../../api/support/client.ts';
import type { Client } from '../../api/support/client.ts';
import type { Installation } from './installation.ts';

/** The demo app of `npm start`, connected to every vendor's stand-in, beside an installation. */
export interface Demo {
  readonly client: Client;
  /** Its app user, as a path segment. */
  readonly userId: string;
  readonly zendesk: ZendeskControl;
  readonly slack: SlackControl;
  /** Whether nothing is on its way any more, in either direction. */
  readonly isQuiet: () => Promise<boolean>;
}

const DEMO_ACCOUNT = 'acme';

export async function prepareDemoOf(installation: Installation): Promise<Demo> {
  const { db, vault, desk, apis } = installation;
  const app = { appId: newId<AppId>(), keyId: 'app_demo', secret: newToken() };
  const publicUrl = apis[0] ?? '';
  const vendors = Object.values(desk.vendors);
  const wiring = { db, vault, config: { publicUrl }, ports: { clock: systemClock } };
  await prepareDemo({ wiring, app, vendors, say: () => undefined });
  // Long enough for what is said together, and short for whoever waits.
  await db.updateTable('destinations').set({ window_ms: 300 }).execute();
  const zendesk = desk.vendors.zendesk.account(DEMO_ACCOUNT);
  const slack = desk.vendors.slack.workspace(DEMO_ACCOUNT);
  const isQuiet = async (): Promise<boolean> => {
    const waiting = db.selectFrom('deliveries').select('seq').where('state', '!=', 'delivered');
    const dirty = db.selectFrom('threads').select('id').whereRef('dirty', '>', 'clean');
    const sent = [...(await slack.events()), ...(await zendesk.invocations())].filter(({ status }) => status === 'pending');
    return sent.length + (await waiting.execute()).length + (await dirty.execute()).length === 0;
  };
  return { client: createClient(`${publicUrl}/v1.1`, basic(app)), userId: DEMO_USER, zendesk, slack, isQuiet };
}
