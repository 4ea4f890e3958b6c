import type { AccountStore } from '../../activities/account-store.ts';
import type { LimitStore } from '../../activities/limit-store.ts';
import type { RoundStore } from '../../activities/round-store.ts';
import type { ThreadStore } from '../../activities/thread-store.ts';
import type { Vault } from '../secrets.ts';
import {
  findAccount,
  keepComparison,
  keepOfAccount,
  learnOfAccount,
  markPolled,
  markReconciled,
  parkAccount,
  writeProgress,
} from './accounts/accounts.ts';
import { leaseGrant, readGrant, releaseGrant, rotateGrant } from './accounts/grants.ts';
import { isSlotGood, missLimit, passLimit, pauseLimit, takeSlot } from './accounts/limits.ts';
import type { Db } from './db.ts';
import { closeRound } from './rounds/close.ts';
import { claim, savePlan, unclaim } from './rounds/effects.ts';
import { finish } from './rounds/finish.ts';
import { openRound } from './rounds/open.ts';
import { replan } from './rounds/replan.ts';
import { acceptCollected } from './threads/accept.ts';
import { dirtyThreads, markGone, postponeThread } from './threads/mark.ts';
import { openThread } from './threads/open.ts';

export interface Stores {
  readonly rounds: RoundStore;
  readonly threads: ThreadStore;
  readonly accounts: AccountStore;
  readonly limits: LimitStore;
}

/** What activities need of PostgreSQL. */
export const createStores = (db: Db, vault: Vault): Stores => ({
  rounds: {
    open: (round) => openRound(db, round),
    savePlan: (batch, effects) => savePlan(db, batch, effects),
    claim: (wanted) => claim(db, wanted),
    finish: (done) => finish(db, done),
    unclaim: (effect, attempt, failure) => unclaim(db, effect, attempt, failure),
    replan: (change) => replan(db, change),
    close: (round) => closeRound(db, round),
  },
  threads: {
    open: (thread) => openThread(db, thread),
    accept: (collected) => acceptCollected(db, collected),
    postpone: (postponed) => postponeThread(db, postponed),
    markGone: (thread) => markGone(db, thread),
    dirty: (account, changed, now) => dirtyThreads(db, account, changed, now),
  },
  accounts: {
    find: (system, key) => findAccount(db, vault, system, key),
    grant: (account) => readGrant(db, vault, account),
    leaseGrant: (account, version, now, until) => leaseGrant(db, account, version, now, until),
    rotateGrant: (account, version, grant, now) => rotateGrant(db, vault, account, version, grant, now),
    releaseGrant: (account, version, from) => releaseGrant(db, account, version, from),
    learn: (account, data) => learnOfAccount(db, account, data),
    keep: (account, data, secrets) => keepOfAccount(db, vault, account, data, secrets),
    progress: (account, { text, problem }) => writeProgress(db, account, text, problem),
    compared: (account, comparison) => keepComparison(db, account, comparison),
    reconciled: (account, leavesBehind) => markReconciled(db, account, leavesBehind),
    polled: (account, until) => markPolled(db, account, until),
    park: (generations, reason, now) => parkAccount(db, generations, reason, now),
  },
  limits: {
    take: (take) => takeSlot(db, take),
    pause: (account, scope, until) => pauseLimit(db, account, scope, until),
    isGood: (account, scopes) => isSlotGood(db, account, scopes),
    missed: (missed) => missLimit(db, missed),
    passed: (account, scopes) => passLimit(db, account, scopes),
  },
});
