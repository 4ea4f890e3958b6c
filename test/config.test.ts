import { describe, expect, it } from 'vitest';
import { systems } from '../activities/systems.ts';
import { ConfigInvalid, readConfig } from '../src/config.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const good = { DATABASE_URL: 'postgres://u:p@db:5432/deskbridge', DESKBRIDGE_KEYS: `k1:${KEY}` };
const faultsOf = (env: Readonly<Record<string, string>>): string => {
  try {
    readConfig(env, systems);
    return '';
  } catch (error) {
    return error instanceof ConfigInvalid ? error.message : String(error);
  }
};

describe('the configuration', () => {
  it('needs a database and a key, and has defaults for the rest', () => {
    expect(readConfig(good, systems)).toMatchObject({
      databaseUrl: good.DATABASE_URL,
      temporal: { address: '127.0.0.1:7233', namespace: 'default', taskQueue: 'deskbridge', tls: false },
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      allowedNetworks: [],
      preview: false,
      operator: { zendesk: { url: 'https://{subdomain}.zendesk.com' } },
    });
  });

  it('tells every fault at once, each with what was expected', () => {
    const message = faultsOf({
      DATABASE_URL: 'mysql://x',
      DESKBRIDGE_KEYS: 'short',
      PORT: '99999',
      TEMPORAL_ADDRESS: 'http://t:7233',
      TEMPORAL_TLS: 'yes',
    });
    for (const line of [
      'DATABASE_URL: expected postgres://user:password@host:5432/database',
      'DESKBRIDGE_KEYS: expected id:base64 pairs',
      'PORT: expected a port from 1 to 65535',
      'TEMPORAL_ADDRESS: expected host:port, without a scheme',
      'TEMPORAL_TLS: expected true or false',
    ]) {
      expect(message).toContain(line);
    }
  });

  it('never prints the keys', () => {
    expect(faultsOf({ ...good, DESKBRIDGE_KEYS: 'k1:c2VjcmV0' })).not.toContain('c2VjcmV0');
  });

  it('refuses a setting that does not exist, because it would go unnoticed', () => {
    expect(faultsOf({ ...good, DESKBRIDGE_ALOWED_NETWORKS: '10.0.0.0/8' })).toContain(
      'DESKBRIDGE_ALOWED_NETWORKS: there is no such setting',
    );
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ ...good, PORT: '', TEMPORAL_API_KEY: '' }, systems).port).toBe(3000);
  });

  it('goes by TLS where there is an API key, unless told otherwise', () => {
    expect(readConfig({ ...good, TEMPORAL_API_KEY: 'key' }, systems).temporal.tls).toBe(true);
    expect(readConfig({ ...good, TEMPORAL_API_KEY: 'key', TEMPORAL_TLS: 'false' }, systems).temporal.tls).toBe(false);
  });

  it('takes several keys, the first of which seals', () => {
    const other = Buffer.alloc(32, 2).toString('base64');
    expect(readConfig({ ...good, DESKBRIDGE_KEYS: `k2:${other}, k1:${KEY}` }, systems).keys.map(({ id }) => id)).toEqual([
      'k2',
      'k1',
    ]);
  });

  it('takes networks in CIDR notation only', () => {
    expect(readConfig({ ...good, DESKBRIDGE_ALLOWED_NETWORKS: '10.0.0.0/8, fd00::/8' }, systems).allowedNetworks).toEqual([
      '10.0.0.0/8',
      'fd00::/8',
    ]);
    expect(faultsOf({ ...good, DESKBRIDGE_ALLOWED_NETWORKS: '10.0.0.1' })).toContain(
      'expected ranges such as 10.0.0.0/8, got 10.0.0.1',
    );
  });

  it('leads every system to the sandbox where there is one, but for those that are led elsewhere', () => {
    const withSandbox = { ...good, SANDBOX_URL: 'http://sandbox.localhost:3900/' };
    expect(readConfig(withSandbox, systems).operator).toMatchObject({
      zendesk: { url: 'http://sandbox.localhost:3900/zendesk/{subdomain}' },
    });
    const elsewhere = { ...withSandbox, ZENDESK_URL: 'https://zendesk.example' };
    expect(readConfig(elsewhere, systems).operator).toMatchObject({ zendesk: { url: 'https://zendesk.example' } });
  });

  it('takes the word of proxies in private networks, unless told otherwise', () => {
    expect(readConfig(good, systems).trustedProxies).toContain('10.0.0.0/8');
    expect(readConfig({ ...good, TRUSTED_PROXIES: '203.0.113.0/24' }, systems).trustedProxies).toEqual(['203.0.113.0/24']);
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfig(good, systems))).toBe(true);
  });
});
