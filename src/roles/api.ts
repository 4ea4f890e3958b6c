import { systems } from '../../activities/systems.ts';
import { createApp } from '../api/create-app.ts';
import { createConsole } from '../console/create-console.ts';
import { firstAdministrator } from '../console/sign-in/first-administrator.ts';
import { startListening } from '../listen.ts';
import { serve } from '../serve.ts';
import type { Wiring } from '../wiring.ts';
import type { Operated } from './running.ts';

/** Takes messages and hooks in, and serves the console. Needs the database; goes on without Temporal. */
export async function runApi(wiring: Wiring): Promise<Operated> {
  const { config, db, vault, dispatch, temporal, log, metrics, tracing, ports } = wiring;
  const deps = {
    db,
    vault,
    dispatch,
    temporal,
    log,
    metrics,
    tracing,
    systems,
    clock: ports.clock,
    http: ports.http,
    settings: ports.settings,
    allowedNetworks: { ranges: config.allowedNetworks },
    trustedProxies: config.trustedProxies,
  };
  await firstAdministrator(wiring);
  const app = createApp(
    deps,
    createConsole({ ...deps, ports, sandboxUrl: config.sandboxUrl, workflowsUrl: workflowsUrl(config) }),
  );
  const ended = Promise.withResolvers<void>();
  const listening = await serve(app, config);
  log.info({ host: config.host, port: config.port }, 'the API listens');
  const ears = startListening(deps);
  const stop = async (): Promise<void> => {
    // At once: a dead network keeps an ear for seconds, and who stops us does not wait for long.
    await Promise.all([ears.stop(), listening.stop()]);
    ended.resolve();
  };
  return { ended: ended.promise, stop, operations: { needsTemporal: false } };
}

/** Where the Temporal Web UI shows a workflow, up to its id. */
const workflowsUrl = ({ temporalUiUrl, temporal }: Wiring['config']): string | undefined =>
  temporalUiUrl === undefined ? undefined : `${temporalUiUrl}/namespaces/${temporal.namespace}/workflows`;
