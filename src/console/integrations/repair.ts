import { wakeAccount } from '../../connect/wake-account.ts';
import { repairDestination } from '../../db/console/retry.ts';
import { note } from '../note.ts';
import { done, refused } from '../visit.ts';
import type { AppVisit, Reply } from '../visit.ts';
import { look } from './drift.ts';
import { foundIntegration } from './found.ts';
import { integrationPage } from './show.ts';

/** Compares what is shared at the account with what is wanted, and shows the difference. Changes nothing. */
export async function check(visit: AppVisit): Promise<Reply> {
  const found = await foundIntegration(visit);
  return await integrationPage(visit, found, await look(visit.deps, found, 'asWanted'));
}

/** Has the account's workflow set right what differs. */
export async function repair(visit: AppVisit): Promise<Reply> {
  const { view, href } = await foundIntegration(visit);
  wakeAccount(visit.deps, view.system, view.accountKey);
  await note(visit, 'had set right what is shared at', view.displayName);
  return done(href, 'It is being set right. This page shows how far it is.');
}

/** Says that the account was repaired at the vendor's side: what waits is tried again. */
export async function tryAgain(visit: AppVisit): Promise<Reply> {
  const { view, href } = await foundIntegration(visit);
  const total = await repairDestination(visit.deps.db, {
    app: visit.app.id,
    destination: view.destination,
    now: visit.deps.clock.now(),
  });
  if (total === undefined) return refused(href, 'There is nothing to try again: it is not parked.');
  wakeAccount(visit.deps, view.system, view.accountKey);
  await note(visit, 'tried again', view.displayName);
  return done(href, 'It is tried again. If it still fails, it is parked again, with the reason.');
}
