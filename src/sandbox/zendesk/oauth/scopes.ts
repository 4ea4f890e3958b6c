import type { Resource } from '../call.ts';
import { missingScopes } from '../problem.ts';

/**
 * Refuses a call that the token's scopes do not open.
 *
 * Scopes are neither checked nor corrected when a token is made: a misspelt one yields a token that opens nothing.
 * @throws {Refusal} 403 naming what would open it
 */
export function requireScope(granted: readonly string[], method: string, resource: Resource | undefined): void {
  const verb = method === 'GET' || method === 'HEAD' ? 'read' : 'write';
  const opening = resource === undefined ? [verb] : [`${resource}:${verb}`, verb];
  if (!opening.some((scope) => granted.includes(scope))) throw missingScopes(opening);
}
