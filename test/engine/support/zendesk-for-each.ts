import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createZendeskWorld, startSandbox } from './zendesk-world.ts';
import type { SandboxServer, ZendeskWorld, ZendeskWorldOptions } from './zendesk-world.ts';

/**
 * A sandbox for a file, and a Zendesk in it for each of its tests. Call it at the top of the file's `describe`.
 * @param begin is given the new one before each test, and the sandbox.
 */
export function zendeskForEach(
  begin: (world: ZendeskWorld, server: SandboxServer) => unknown,
  options: ZendeskWorldOptions = {},
): void {
  let server: SandboxServer;
  let world: ZendeskWorld;
  beforeAll(async () => {
    server = await startSandbox();
  });
  afterAll(async () => {
    await server.close();
  });
  beforeEach(async () => {
    world = await createZendeskWorld(server, options);
    await begin(world, server);
  });
  afterEach(async () => {
    await world.close();
  });
}
