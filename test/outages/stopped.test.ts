import { request as ask } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporalCli } from '../support/temporal.ts';
import { accepted, anAppUser, onTickets, say, undelivered } from '../e2e/support/conversations.ts';
import type { Speaker } from '../e2e/support/conversations.ts';
import { startInstallation } from '../e2e/support/installation.ts';
import type { ConnectedApp, Installation } from '../e2e/support/installation.ts';
import type { RoleProcess } from '../e2e/support/role.ts';

const soon = { timeout: 60_000, interval: 200 };

// One after the other, on one installation: it is stopped part by part, and comes back from its backup.
describe('an installation that is asked to stop', { timeout: 120_000 }, () => {
  const cli = temporalCli();
  let installation: Installation;
  let app: ConnectedApp;
  let speaker: Speaker;
  beforeAll(async () => {
    installation = await startInstallation({ cli, apis: 1, workers: 1 });
    app = await installation.connectApp('stopped', { windowMs: 300 });
    speaker = await anAppUser(installation, app, 'ann');
  });
  afterAll(() => installation.close());

  it('brings the round under way to its end, and no half one', async () => {
    await say(speaker, 'one');
    await expect.poll(() => undelivered(installation.db), soon).toBe(0);
    const desk = installation.desk.control('stopped');
    await desk.addFault({ kind: 'slow', method: 'PUT', path: '/tickets/*', ms: 3_000 });
    await say(speaker, 'two');
    await expect.poll(async () => (await desk.faults())[0]?.fired, soon).toBe(1);
    expect(await undelivered(installation.db)).toBe(1);
    await installation.workers[0]?.stop();
    expect(await undelivered(installation.db)).toBe(0);
    expect(await openBatches()).toBe(0);
    expect(await onTickets(installation, [app])).toEqual({ [speaker.conversation]: ['one', 'two'] });
  });

  it('answers the request under way, and takes no new one', async () => {
    const body = JSON.stringify({ role: 'appUser', text: 'three' });
    const [api = ''] = installation.apis;
    const request = ask(`${api}/v1.1/appusers/ann/messages`, {
      method: 'POST',
      headers: {
        authorization: app.authorization,
        'content-type': 'application/json',
        'content-length': body.length,
        expect: '100-continue',
      },
    });
    const status = new Promise<number | undefined>((resolve, reject) => {
      request.once('response', (response) => resolve(response.resume().statusCode));
      request.once('error', reject);
    });
    // The server has seen the request, and waits for what it says.
    await new Promise<void>((resolve) => {
      request.once('continue', resolve);
      request.flushHeaders();
    });
    const stopped = apiProcess().stop();
    const isDeaf = (): Promise<boolean> =>
      fetch(api).then(
        () => false,
        () => true,
      );
    await expect.poll(isDeaf, soon).toBe(true);
    request.end(body);
    expect(await status).toBe(201);
    await stopped;
    expect((await accepted(installation.db))[speaker.conversation]).toEqual(['one', 'two', 'three']);
  });

  it('resumes from a backup of PostgreSQL alone, with an empty Temporal and a batch under way', async () => {
    await installation.startApis();
    const worker = await installation.startWorker();
    await expect.poll(() => undelivered(installation.db), soon).toBe(0);
    const written = installation.gate.keepBack('PUT', /stopped\/api\/v2\/tickets\//);
    await say(speaker, 'four');
    await written;
    await worker.kill();
    await say(speaker, 'five');
    await apiProcess().stop();
    expect(await openBatches()).toBe(1);
    const restore = await installation.backUp();
    await installation.temporal.kill();
    await installation.temporal.forgetEverything();
    await restore();
    await installation.temporal.start();
    await installation.migrate();
    await Promise.all([installation.startApis(), installation.startWorker()]);
    await say(speaker, 'six');
    await expect.poll(() => undelivered(installation.db), soon).toBe(0);
    expect(await onTickets(installation, [app])).toEqual({
      [speaker.conversation]: ['one', 'two', 'three', 'four', 'five', 'six'],
    });
    const [ticket] = await installation.desk.tickets('stopped');
    await installation.desk.control('stopped').act({ ticket: ticket?.id ?? 0, as: 'Ben', do: 'reply', text: 'an answer' });
    await expect.poll(async () => (await accepted(installation.db))[speaker.conversation]?.length, soon).toBe(7);
  });

  const apiProcess = () => {
    const isApi = (process: RoleProcess): boolean => process.isRunning() && !installation.workers.includes(process);
    return installation.processes.find(isApi) ?? expect.fail('no API runs');
  };

  const openBatches = async (): Promise<number> =>
    (await installation.db.selectFrom('batches').select('id').where('settled_at', 'is', null).execute()).length;
});
