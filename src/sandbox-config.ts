import { z } from 'zod';
import { ConfigInvalid } from './config.ts';
import type { DemoOptions } from './roles/demo.ts';

const Settings = z.object({
  SANDBOX_DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'expected postgres://user:password@host:5432/database, of a database of its own',
  }),
  HOST: z.string().min(1).default('127.0.0.1'),
  SANDBOX_PORT: z.coerce.number({ error: 'expected a port number' }).int().min(1).max(65_535).default(3900),
  DEMO_FILE: z.string().optional(),
  SANDBOX_URL: z.url({ error: 'expected the address at which browsers and Deskbridge reach the sandbox' }).optional(),
});

/** What the sandbox needs of the environment. @throws {ConfigInvalid} with every fault at once. */
export function readSandboxConfig(env: Readonly<Record<string, string | undefined>>): DemoOptions {
  const settings = Settings.safeParse(env);
  if (!settings.success) {
    const faults = settings.error.issues.map((issue) => `  - ${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigInvalid(`the configuration has faults:\n${faults.join('\n')}`);
  }
  const {
    SANDBOX_DATABASE_URL: databaseUrl,
    HOST: host,
    SANDBOX_PORT: port,
    SANDBOX_URL: url,
    DEMO_FILE: demoFile,
  } = settings.data;
  return { demoFile, databaseUrl, host, port, publicUrl: (url ?? `http://${host}:${port}`).replace(/\/+$/, '') };
}
