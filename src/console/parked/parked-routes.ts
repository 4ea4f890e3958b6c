import { isId, toId } from '../../domain/ids.ts';
import type { DestinationId } from '../../domain/ids.ts';
import { HOUR } from '../../domain/time.ts';
import { notFound } from '../../api/problem.ts';
import { listParked, listRefused, listRetries } from '../../db/console/parked.ts';
import { discardHeld, repairDestination, retryRefused } from '../../db/console/retry.ts';
import { note } from '../note.ts';
import { counted } from '../parts/counted.ts';
import { appGet, appPost } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { done, page, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { parkedBody } from './parked-page.ts';

/** What waits for a person: why, since when, and what repairs it. */
export const parkedRoutes: readonly ConsoleRoute[] = [
  appGet('/parked', show),
  appPost('/parked/retry-all', retryAll),
  appPost('/parked/:destination/retry', retryOne),
  appPost('/parked/:destination/discard', discard),
];

const MOST_REFUSED = 100;
/** For so long a retry is shown at least, so that people see how it ended. */
const SHOWN_FOR_MS = HOUR;

async function show(visit: AppVisit): Promise<Reply> {
  const { db, clock } = visit.deps;
  const parked = await listParked(db, visit.app.id);
  const messages = await listRefused(db, visit.app.id, MOST_REFUSED + 1);
  const retries = await listRetries(db, visit.app.id, clock.now() - SHOWN_FOR_MS);
  return page({
    title: 'Parked work',
    lead: 'What waits for a person. Nothing here is lost: it is delivered after the repair.',
    section: 'parked',
    body: parkedBody({
      visit,
      parked,
      refused: messages.slice(0, MOST_REFUSED),
      hasMore: messages.length > MOST_REFUSED,
      retries,
    }),
  });
}

/** Everything that may work now is tried again; what was removed stays as it is. */
async function retryAll(visit: AppVisit): Promise<Reply> {
  const { deps, app, home } = visit;
  const parked = await listParked(deps.db, app.id);
  let count = 0;
  for (const { destination, removedAt } of parked) {
    if (removedAt !== null) continue;
    count += (await repairDestination(deps.db, { app: app.id, destination, now: deps.clock.now() })) ?? 0;
  }
  for (const destination of await refusingDestinations(visit)) {
    count += await retryRefused(deps.db, { app: app.id, destination, now: deps.clock.now() });
  }
  await note(visit, 'tried all parked work again', counted(count, 'message'));
  return done(
    `${home}/parked`,
    `${counted(count, 'message')} ${count === 1 ? 'is' : 'are'} tried again. This page shows how far it is.`,
  );
}

const refusingDestinations = async ({ deps, app }: AppVisit): Promise<readonly DestinationId[]> => [
  ...new Set((await listRefused(deps.db, app.id, 10_000)).map(({ destination }) => destination)),
];

function destinationOf(visit: AppVisit): DestinationId {
  const id = visit.param('destination');
  if (!isId(id)) throw notFound('There is no such destination.');
  return toId<DestinationId>(id);
}

async function retryOne(visit: AppVisit): Promise<Reply> {
  const { deps, app, home } = visit;
  const wanted = { app: app.id, destination: destinationOf(visit), now: deps.clock.now() };
  const held = await repairDestination(deps.db, wanted);
  const again = await retryRefused(deps.db, wanted);
  if (held === undefined && again === 0)
    return refused(`${home}/parked`, 'There is nothing to try again: it is not parked any more.');
  await note(visit, 'tried again', counted((held ?? 0) + again, 'message'));
  return done(`${home}/parked`, 'It is tried again. This page shows how far it is.');
}

async function discard(visit: AppVisit): Promise<Reply> {
  const { deps, app, home } = visit;
  const count = await discardHeld(deps.db, app.id, destinationOf(visit));
  if (count === 0) return refused(`${home}/parked`, 'Nothing was discarded: nothing is held for it any more.');
  await note(visit, 'discarded', counted(count, 'message'));
  return done(`${home}/parked`, `${counted(count, 'message')} discarded.`);
}
