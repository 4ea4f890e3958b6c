import { z } from 'zod';
import ipaddr from 'ipaddr.js';
import type { BusinessSystem } from '../activities/business-system.ts';
import { sandboxSettings } from './sandbox-settings.ts';
import type { SealingKey } from './secrets.ts';
import type { TemporalOptions } from './temporal.ts';

/** All that an operator can set, from the environment. Read once, frozen, and handed to whoever needs it. */
export interface Config {
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  readonly temporal: TemporalOptions;
  /** Where the API listens. */
  readonly host: string;
  readonly port: number;
  /** Where health and metrics are served, beside the API. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Where vendors and browsers reach the API. No trailing slash. */
  readonly publicUrl: string;
  /** Who signs in to the console at first. Absent: whoever opens a one-time link. */
  readonly administrator: { readonly email: string; readonly password: string } | undefined;
  /** The Temporal Web UI, as browsers reach it. No trailing slash. */
  readonly temporalUiUrl: string | undefined;
  /** The vendors' stand-ins, where every system is led to them. */
  readonly sandboxUrl: string | undefined;
  readonly keys: readonly [SealingKey, ...SealingKey[]];
  /** Private networks that addresses typed by users may lead into, in CIDR notation. */
  readonly allowedNetworks: readonly string[];
  /** Networks of the proxies in front of the API, in CIDR notation. */
  readonly trustedProxies: readonly string[];
  readonly preview: boolean;
  readonly logLevel: string;
  /** Final rows are removed after so many days. Absent: never. */
  readonly retentionDays: number | undefined;
  /** Of the traces, how many are sent; where to stands in the standard variables. Absent: none. */
  readonly traces: { readonly ratio: number } | undefined;
  /** What the operator provides for each system, by the system's name and the setting's name. */
  readonly operator: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The environment does not make a configuration. Lists every fault, each with its fix. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';
}

type Env = Readonly<Record<string, string | undefined>>;

const flag = z.enum(['true', 'false'], { error: 'expected true or false' }).transform((text) => text === 'true');
const port = z.coerce
  .number({ error: 'expected a port number' })
  .int()
  .min(1, 'expected a port from 1 to 65535')
  .max(65_535, 'expected a port from 1 to 65535');
const url = z
  .url({ protocol: /^https?$/, error: 'expected a URL such as https://support.example.com' })
  .transform((text) => text.replace(/\/+$/, ''));

const PRIVATE_NETWORKS = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7'];

const Settings = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:5432/database' }),
  DESKBRIDGE_DATABASE_CONNECTIONS: z.coerce
    .number({ error: 'expected a number' })
    .int()
    .min(2, 'expected at least 2')
    .default(10),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^[^\s/]+:\d+$/, 'expected host:port, without a scheme')
    .default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().min(1).default('default'),
  TEMPORAL_TASK_QUEUE: z.string().min(1).default('deskbridge'),
  TEMPORAL_API_KEY: z.string().min(1).optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_UI_URL: url.optional(),
  ADMIN_EMAIL: z.email('expected an e-mail address').optional(),
  ADMIN_PASSWORD: z.string().min(10, 'expected at least 10 characters').max(256, 'expected at most 256 characters').optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: port.default(3000),
  METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  METRICS_PORT: port.optional(),
  PUBLIC_URL: url.optional(),
  DESKBRIDGE_KEYS: z
    .string({ error: 'expected at least one key: `id:` and 32 random bytes in base64, such as k1:$(openssl rand -base64 32)' })
    .transform(parseKeys),
  DESKBRIDGE_ALLOWED_NETWORKS: z.string().transform(parseNetworks).default([]),
  SANDBOX_URL: url.optional(),
  TRUSTED_PROXIES: z.string().transform(parseNetworks).default(PRIVATE_NETWORKS),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/, error: 'expected a URL such as http://collector:4318' }).optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'expected a URL such as http://collector:4318/v1/traces' })
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'expected a number from 0 to 1' })
    .min(0, 'expected a number from 0 to 1')
    .max(1, 'expected a number from 0 to 1')
    .default(1),
  // Vendors and clients repeat themselves for days; what they sent must still be known then.
  DESKBRIDGE_RETENTION_DAYS: z.coerce
    .number({ error: 'expected a number of days' })
    .int('expected whole days')
    .min(7, 'expected at least 7 days')
    .optional(),
  DESKBRIDGE_PREVIEW: flag.default(false),
  DESKBRIDGE_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], { error: 'expected debug, info, warn, error or silent' })
    .default('info'),
});

/** Read elsewhere, by the development role only. */
const OF_DEVELOPMENT = new Set(['DESKBRIDGE_HOME']);

/**
 * Reads the configuration. An unknown `DESKBRIDGE_…` variable is refused: it is a typing error that would go unnoticed.
 * @throws {ConfigInvalid} with every fault at once.
 */
export function readConfig(env: Env, systems: readonly BusinessSystem[]): Config {
  const given = withoutEmpty(env);
  const settings = Settings.safeParse(given);
  const faults = [
    ...(settings.success ? [] : settings.error.issues.map(faultOf)),
    ...unknownNames(env),
    ...administratorFaults(env),
    ...operatorFaults(env, systems),
  ];
  if (faults.length > 0 || !settings.success)
    throw new ConfigInvalid(`the configuration has faults:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  const s = settings.data;
  const publicUrl = s.PUBLIC_URL ?? `http://localhost:${s.PORT}`;
  return Object.freeze({
    databaseUrl: s.DATABASE_URL,
    databaseConnections: s.DESKBRIDGE_DATABASE_CONNECTIONS,
    temporal: {
      address: s.TEMPORAL_ADDRESS,
      namespace: s.TEMPORAL_NAMESPACE,
      taskQueue: s.TEMPORAL_TASK_QUEUE,
      conversationsUrl: `${publicUrl}/console/conversations`,
      tls: s.TEMPORAL_TLS ?? s.TEMPORAL_API_KEY !== undefined,
      ...(s.TEMPORAL_API_KEY === undefined ? {} : { apiKey: s.TEMPORAL_API_KEY }),
    },
    host: s.HOST,
    port: s.PORT,
    metrics: s.METRICS_PORT === undefined ? undefined : { host: s.METRICS_HOST, port: s.METRICS_PORT },
    publicUrl,
    administrator:
      s.ADMIN_EMAIL === undefined || s.ADMIN_PASSWORD === undefined
        ? undefined
        : { email: s.ADMIN_EMAIL, password: s.ADMIN_PASSWORD },
    temporalUiUrl: s.TEMPORAL_UI_URL,
    sandboxUrl: s.SANDBOX_URL,
    keys: s.DESKBRIDGE_KEYS,
    allowedNetworks: s.DESKBRIDGE_ALLOWED_NETWORKS,
    trustedProxies: s.TRUSTED_PROXIES,
    preview: s.DESKBRIDGE_PREVIEW,
    logLevel: s.DESKBRIDGE_LOG_LEVEL,
    retentionDays: s.DESKBRIDGE_RETENTION_DAYS,
    traces: tracesOf(s),
    operator: operatorSettings(
      s.SANDBOX_URL === undefined ? given : { ...sandboxSettings(systems, s.SANDBOX_URL), ...given },
      systems,
    ),
  });
}

const tracesOf = (s: z.infer<typeof Settings>): Config['traces'] =>
  (s.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? s.OTEL_EXPORTER_OTLP_ENDPOINT) === undefined
    ? undefined
    : { ratio: s.OTEL_TRACES_SAMPLER_ARG };

function parseKeys(text: string, context: z.RefinementCtx): [SealingKey, ...SealingKey[]] {
  const keys = text.split(',').map((part): SealingKey | undefined => {
    const [id, base64] = part.trim().split(':');
    const key = Buffer.from(base64 ?? '', 'base64');
    return id !== undefined && /^[A-Za-z0-9_-]{1,32}$/.test(id) && key.length === 32 ? { id, key } : undefined;
  });
  const [first, ...others] = keys.filter((key) => key !== undefined);
  if (first !== undefined && others.length === keys.length - 1) return [first, ...others];
  context.addIssue({ code: 'custom', message: 'expected id:base64 pairs with commas between them, each key of 32 bytes' });
  return z.NEVER;
}

function parseNetworks(text: string, context: z.RefinementCtx): readonly string[] {
  const ranges = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const wrong = ranges.filter((range) => !ipaddr.isValidCIDR(range));
  if (wrong.length === 0) return ranges;
  context.addIssue({ code: 'custom', message: `expected ranges such as 10.0.0.0/8, got ${wrong.join(', ')}` });
  return z.NEVER;
}

const withoutEmpty = (env: Env): Env =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));

const faultOf = (issue: z.core.$ZodIssue): string => `${issue.path.join('.')}: ${issue.message}`;

function unknownNames(env: Env): readonly string[] {
  const known = new Set([...Object.keys(Settings.shape), ...OF_DEVELOPMENT]);
  const unknown = Object.keys(env).filter((name) => name.startsWith('DESKBRIDGE_') && !known.has(name));
  return unknown.map((name) => `${name}: there is no such setting`);
}

function administratorFaults(env: Env): readonly string[] {
  const { ADMIN_EMAIL: email = '', ADMIN_PASSWORD: password = '' } = env;
  if (email !== '' && password === '') return ['ADMIN_PASSWORD: is needed beside ADMIN_EMAIL'];
  return email === '' && password !== '' ? ['ADMIN_EMAIL: is needed beside ADMIN_PASSWORD'] : [];
}

function operatorFaults(env: Env, systems: readonly BusinessSystem[]): readonly string[] {
  const missing = systems.flatMap(({ facts }) =>
    facts.operatorSettings.filter((setting) => setting.required && (env[setting.env] ?? '') === ''),
  );
  return missing.map((setting) => `${setting.env}: is needed. ${setting.help}`);
}

function operatorSettings(env: Env, systems: readonly BusinessSystem[]): Config['operator'] {
  const entries = systems.map(({ name, facts }) => {
    const given = facts.operatorSettings.map((setting) => [setting.name, env[setting.env] || setting.default] as const);
    return [name, Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== undefined))] as const;
  });
  return Object.fromEntries(entries);
}
