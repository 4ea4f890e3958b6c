import { describe, expect, it } from 'vitest';
import { demoGreeting, greeting } from '../../src/dev/greeting.ts';
import type { DevFacts } from '../../src/dev/greeting.ts';
import { aSandbox } from '../sandbox/a-sandbox.ts';

describe('what npm start prints when all is up', () => {
  const sandbox = aSandbox();
  const facts = async (): Promise<DevFacts> => ({
    api: 'http://desk.test',
    console: 'http://desk.test/console',
    consoleLink: 'http://desk.test/console/welcome?token=t',
    temporalUi: 'http://temporal.test',
    temporalAddress: '127.0.0.1:7233',
    databaseUrl: 'postgres://desk.test/deskbridge',
    appId: 'a',
    keyId: 'app_demo',
    secret: 's',
    sandbox: await sandbox().demo(),
  });
  const desks = () => [sandbox().zendesk, sandbox().slack];

  it('leads to the page of each stand-in, and says how to answer there', async () => {
    const known = await facts();
    for (const said of [greeting(known, desks()), demoGreeting(known, desks())]) {
      const lines = said.split('\n');
      for (const { name, label, toAnswer } of desks()) {
        expect(lines).toContain(`  ${`${label} (sandbox)`.padEnd(18)} ${known.sandbox[name]?.page}`);
        expect(lines).toContain(`  ${label.padEnd(18)} ${toAnswer}`);
      }
      expect(said).toContain('and send: /sk We are on it!');
    }
  });

  it('says where the Temporal Web UI is, or that it is the operator’s own', async () => {
    const known = await facts();
    expect(greeting(known, desks())).toContain('Temporal Web UI    http://temporal.test\n');
    const own = greeting({ ...known, temporalUi: '' }, desks());
    expect(own).toContain('Temporal Web UI    your own, at 127.0.0.1:7233\n');
  });
});
