import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { zendesk } from '../../../activities/zendesk/index.ts';
import { readGrant } from '../../../src/db/accounts/grants.ts';
import { round, timedAll } from '../figures.ts';
import type { Ground } from '../ground.ts';
import { openInstallation, say, speakersOf, untilDelivered, VAULT } from '../installation.ts';
import type { Installation } from '../installation.ts';
import type { Section } from '../report.ts';
import type { Scale } from '../scale.ts';

const TICKET_UPDATES_PER_MINUTE = 100;

/** An account whose access was revoked while 10,000 messages came in, from its repair to the last message. */
export async function drainSection(
  ground: Ground,
  { heldConversations, heldEach }: Scale,
  tell: (what: string) => void,
): Promise<Section> {
  const limits = { ticketUpdatesPerMinute: TICKET_UPDATES_PER_MINUTE, requestsPerMinute: 700 };
  const installation = await openInstallation(ground, { name: 'drain', accounts: 1, windowMs: 1_000, limits });
  await installation.startWorker();
  const speakers = await speakersOf(installation, heldConversations, 'patient');
  await untilDelivered(installation.db);
  tell('revoking the access');
  await revoke(installation);
  const turns = speakers.flatMap((speaker) => Array.from({ length: heldEach }, () => speaker));
  await timedAll(turns, 16, (speaker) => say(speaker, 'Is anybody there?'));
  await untilParked(installation);
  // The account rests until its allowance is whole again, as after any outage worth the name.
  await sleep(60_000);
  tell('repairing it');
  const [app] = installation.apps;
  if (app === undefined) throw new Error('no app');
  const began = performance.now();
  await installation.connectAgain(app);
  await untilDelivered(installation.db, { withinMs: 900_000 });
  const seconds = (performance.now() - began) / 1_000;
  const { burst, intervalMs } = zendesk.facts.budgets.account['tickets'] ?? { burst: 0, intervalMs: 0 };
  const ideal = Math.max(1, (heldConversations - burst) * intervalMs) / 1_000;
  await installation.close();
  return {
    title: 'Catching up',
    figures: [
      {
        name: `${heldConversations * heldEach} held messages`,
        value: round(seconds),
        unit: 's',
        note: `of ${heldConversations} conversations, from the repair on, connecting included`,
      },
      {
        name: "the vendor's allowance",
        value: round(ideal),
        unit: 's',
        note: `${heldConversations} updates at ${TICKET_UPDATES_PER_MINUTE} a minute`,
      },
      { name: 'held messages a second', value: round((heldConversations * heldEach) / seconds), unit: '/s' },
    ],
  };
}

const Token = z.object({ accessToken: z.string() });
const Current = z.object({ token: z.object({ id: z.number() }) });

async function revoke({ db, apps }: Installation): Promise<void> {
  const account = await db.selectFrom('accounts').select(['id', 'data']).executeTakeFirstOrThrow();
  const grant = await readGrant(db, VAULT, account.id);
  const { accessToken } = Token.parse(grant?.credentials);
  const headers = { authorization: `Bearer ${accessToken}` };
  const tokens = `${apps[0]?.vendorUrl ?? ''}/api/v2/oauth/tokens`;
  const { token } = Current.parse(await (await fetch(`${tokens}/current`, { headers })).json());
  await fetch(`${tokens}/${token.id}`, { method: 'DELETE', headers });
}

async function untilParked({ db }: Installation): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1, await sleep(100)) {
    const parked = await db.selectFrom('destinations').select('parked_reason').where('parked_reason', 'is not', null).execute();
    if (parked.length > 0) return;
  }
  throw new Error('the account was not parked');
}
