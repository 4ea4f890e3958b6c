import { systems } from '../../activities/systems.ts';
import { createApp } from '../api/create-app.ts';
import { startListening } from '../listen.ts';
import { serve } from '../serve.ts';
import type { Wiring } from '../wiring.ts';
import type { Operated } from './running.ts';

/** Takes messages and hooks in. Needs the database; goes on without Temporal. */
export async function runApi(wiring: Wiring): Promise<Operated> {
  const { config, db, vault, dispatch, temporal, log, metrics, ports } = wiring;
  const app = createApp({
    db,
    vault,
    dispatch,
    temporal,
    log,
    metrics,
    systems,
    clock: ports.clock,
    http: ports.http,
    settings: ports.settings,
    allowedNetworks: { ranges: config.allowedNetworks },
    trustedProxies: config.trustedProxies,
  });
  const ended = Promise.withResolvers<void>();
  const listening = await serve(app, config);
  log.info({ host: config.host, port: config.port }, 'the API listens');
  const ears = startListening({
    db,
    vault,
    dispatch,
    temporal,
    log,
    metrics,
    systems,
    clock: ports.clock,
    settings: ports.settings,
  });
  const stop = async (): Promise<void> => {
    await ears.stop();
    await listening.stop();
    ended.resolve();
  };
  return { ended: ended.promise, stop, operations: { needsTemporal: false } };
}
