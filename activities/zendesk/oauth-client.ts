import { z } from 'zod';
import { ConnectRefused } from '../system-error.ts';
import type { JsonObject } from '../../src/domain/json.ts';

/** Who Deskbridge is for Zendesk: a client of that one subdomain, or a global one of the operator's. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

const Typed = z.object({ clientId: z.string().optional(), clientSecret: z.string().optional() });

/** @throws {ConnectRefused} that names what is missing and where it is made. */
export function clientOf(request: {
  readonly input: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  readonly redirectUri: string;
}): OAuthClient {
  const { clientId, clientSecret } = Typed.parse(request.input);
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  if (clientId !== undefined)
    throw new ConnectRefused('expected the secret of this OAuth client, too', { field: 'clientSecret' });
  if (clientSecret !== undefined)
    throw new ConnectRefused('expected the unique identifier of the OAuth client that this secret belongs to', {
      field: 'clientId',
    });
  const { clientId: globalId, clientSecret: globalSecret } = request.operator;
  if (globalId !== undefined && globalSecret !== undefined) return { clientId: globalId, clientSecret: globalSecret };
  throw new ConnectRefused(
    `an OAuth client is needed: make a confidential one in Admin Center → Apps and integrations → APIs → OAuth clients, with the redirect URL ${request.redirectUri}, and enter its unique identifier and its secret`,
    { field: 'clientId' },
  );
}
