import type { SandboxClock } from '../../clock.ts';
import { isSuccess, type Outcome } from '../../call-out.ts';
import { type DueWork, startDueWork } from '../../due-work.ts';
import { takeFault } from '../../faults.ts';
import type { App } from '../apps/app.ts';
import type { Directory } from '../apps/directory.ts';
import { installations } from '../apps/installation.ts';
import { sendToApp } from '../apps/request.ts';
import type { Sockets } from '../socket/sockets.ts';
import type { Settings } from '../workspace/settings.ts';
import type { Workspaces } from '../workspace/session.ts';
import { type Attempt, deliveries, type Delivery, type EventCall, eventCalls, isSubscribed } from './delivery.ts';
import { envelopeOf } from './envelope.ts';
import { verifyUrl } from './verify-url.ts';

export interface DelivererDeps {
  readonly workspaces: Workspaces;
  readonly directory: Directory;
  readonly clock: SandboxClock;
  readonly sockets: Sockets;
}

interface Deps extends DelivererDeps {
  /** The apps whose address is being asked for its challenge. */
  readonly verifying: Map<string, Promise<boolean>>;
}

/** Delivers events in the background, each in its own time: over HTTP, or over an app's socket. */
export function startDeliverer(given: DelivererDeps): DueWork {
  const deps: Deps = { ...given, verifying: new Map() };
  return startDueWork({
    accounts: deps.workspaces,
    clock: deps.clock,
    kind: deliveries,
    work: (team, delivery, signal) => deliver(deps, { team, delivery, signal }),
  });
}

interface Job {
  readonly team: string;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
}

async function deliver(deps: Deps, job: Job): Promise<void> {
  const { team, delivery } = job;
  const documents = deps.workspaces.documents(team);
  const call = await documents.get(eventCalls, delivery.call_id);
  const app = call && deps.directory.app(call.app_id);
  if (!call || !app || !isSubscribed(app, call)) return forget(deps, job);
  if (!delivery.prepared && !(await prepare(deps, job, call))) return;
  const installation = await documents.get(installations, app.id);
  const { state } = await deps.workspaces.read(team, async (reading) => reading);
  const body = envelopeOf({ team, app, call, botUser: installation?.bot_user_id ?? '', now: deps.clock.now() });
  const sent = await send(deps, { job, app, call, body, settings: state.settings });
  if (job.signal.aborted && sent.attempt.status === null) return;
  await record(deps, job, sent);
}

/** Nobody asked for it: it leaves no trace. */
const forget = ({ workspaces }: DelivererDeps, { team, delivery }: Job): Promise<void> =>
  workspaces.write(team, async ({ store }) => {
    await store.remove(deliveries, delivery.id);
    await store.remove(eventCalls, delivery.call_id);
  });

/** Lets a scripted fault have its way with an event, once. False: not now, or never. Its path is `/events/<subscription>`. */
function prepare({ workspaces }: DelivererDeps, { team, delivery }: Job, call: EventCall): Promise<boolean> {
  return workspaces.write(team, async (session) => {
    const fault = await takeFault(session.store, { on: 'outgoing', method: 'POST', path: `/events/${call.subscription}` });
    const prepared = { ...delivery, prepared: true };
    if (fault?.kind === 'lost') {
      await session.store.put(eventCalls, { ...call, status: 'lost' });
      await session.store.remove(deliveries, delivery.id);
      return false;
    }
    if (fault?.kind === 'duplicate') await session.store.put(deliveries, { ...prepared, id: session.nextId() });
    const delay = fault?.kind === 'delay' ? fault.ms : 0;
    await session.store.put(deliveries, { ...prepared, due_at: delivery.due_at + delay });
    return delay === 0;
  });
}

interface Sending {
  readonly job: Job;
  readonly app: App;
  readonly call: EventCall;
  readonly body: string;
  readonly settings: Settings;
}
interface Sent {
  readonly attempt: Attempt;
  /** The receiver wants no more of it. */
  readonly isFinal: boolean;
}

async function send(deps: Deps, sending: Sending): Promise<Sent> {
  const { app, call, settings } = sending;
  const now = deps.clock.now();
  const last = call.attempts.at(-1);
  if (app.manifest.settings.socket_mode_enabled) {
    const retry = { attempt: call.attempts.length, reason: last?.reason ?? '' };
    const answer = await deps.sockets.send(
      app.id,
      { type: 'events_api', payload: JSON.parse(sending.body), retry },
      settings.answerTimeoutMs,
    );
    const reason =
      answer === 'acknowledged' || typeof answer === 'object' ? null : answer === 'timeout' ? 'http_timeout' : 'no_connection';
    return { attempt: { at: now, status: reason === null ? 200 : null, reason }, isFinal: false };
  }
  const url = app.manifest.settings.event_subscriptions?.request_url ?? '';
  const to = { app, url, now, timeoutMs: settings.answerTimeoutMs, signal: sending.job.signal };
  if (!(await verified(deps, to))) {
    return { attempt: { at: now, status: null, reason: 'http_error' }, isFinal: false };
  }
  const headers = last && {
    'x-slack-retry-num': String(call.attempts.length),
    'x-slack-retry-reason': last.reason ?? 'unknown_error',
  };
  const outcome = await sendToApp({ ...to, body: sending.body, contentType: 'application/json', ...(headers && { headers }) });
  return { attempt: { at: now, ...resultOf(outcome) }, isFinal: outcome.headers.get('x-slack-no-retry') === '1' };
}

/** No events go to an address that has not answered a challenge; it is asked by one event at a time. */
function verified({ directory, verifying }: Deps, to: Parameters<typeof verifyUrl>[0]): Promise<boolean> {
  const { app, url } = to;
  // As it is now: another event may just have asked.
  if (directory.app(app.id)?.verified_url === url) return Promise.resolve(true);
  const verify = async (): Promise<boolean> => {
    const isGood = await verifyUrl(to);
    if (isGood) await directory.change(app.id, { verified_url: url });
    return isGood;
  };
  const asked = verifying.get(app.id) ?? verify().finally(() => verifying.delete(app.id));
  verifying.set(app.id, asked);
  return asked;
}

function resultOf(outcome: Outcome): Pick<Attempt, 'status' | 'reason'> {
  if (outcome.error !== null) return { status: null, reason: outcome.error === 'timeout' ? 'http_timeout' : 'connection_failed' };
  return { status: outcome.status, reason: isSuccess(outcome) ? null : 'http_error' };
}

async function record({ workspaces }: DelivererDeps, { team, delivery }: Job, { attempt, isFinal }: Sent): Promise<void> {
  await workspaces.write(team, async ({ store, state, now }) => {
    const call = await store.get(eventCalls, delivery.call_id);
    if (!call) return;
    const attempts = [...call.attempts, attempt];
    const pause = attempt.reason === null || isFinal ? undefined : state.settings.eventRetryMs[attempts.length - 1];
    const status = attempt.reason === null ? 'success' : pause === undefined ? 'failed' : 'pending';
    await store.put(eventCalls, { ...call, attempts, status });
    if (pause === undefined) await store.remove(deliveries, delivery.id);
    else await store.put(deliveries, { ...delivery, prepared: true, due_at: now + pause });
  });
}
