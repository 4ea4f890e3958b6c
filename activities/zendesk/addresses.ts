import type { RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { IdentitiesAnswer, Nothing } from './answers.ts';
import type { Identity } from './answers.ts';
import { callZendesk } from './client.ts';
import type { ZendeskCall } from './client.ts';
import { pagesOf } from './pages.ts';
import { addressDigest } from './person.ts';
import { unlessRefused } from '../unless-refused.ts';
import { isMadeFor, readCustomer } from './users.ts';
import type { AddressWrite } from './writes.ts';

/**
 * Brings the address of an end user whom we made one step nearer to the app user's: Zendesk adds a new address beside the old ones.
 * One that Zendesk does not take, because it is somebody's or its own, is left out.
 * @see https://developer.zendesk.com/api-reference/ticketing/users/user_identities/
 */
export async function putAddress(write: AddressWrite, api: Api): Promise<RemoteRef> {
  const ref = { ids: [], person: write.user, profileHash: write.hash };
  const user = await readCustomer(write.user, api);
  if (user === undefined || !isMadeFor(user, write.externalId)) return ref;
  const path = `/api/v2/users/${write.user}/identities`;
  const addresses: Identity[] = [];
  for await (const page of pagesOf(api, { path: `${path}?type=email` }, IdentitiesAnswer))
    addresses.push(...page.identities.filter(({ type }) => type === 'email'));
  const step = nextStep(addresses, write);
  if (step !== undefined) await unlessRefused(() => callZendesk(api, callOf(step, path), Nothing));
  return ref;
}

export type AddressStep =
  { readonly do: 'add'; readonly email: string } | { readonly do: 'putFirst' | 'remove'; readonly identity: string };

/** What is to be done next: add the new address, put it in the place of the one that we wrote before, take that one away. */
export function nextStep(
  addresses: readonly Identity[],
  { email, former }: Pick<AddressWrite, 'email' | 'former'>,
): AddressStep | undefined {
  const current = addresses.find(({ value }) => value.toLowerCase() === email);
  const old = addresses.find((address) => address !== current && addressDigest(address.value) === former);
  if (email !== undefined && current === undefined) return { do: 'add', email };
  if (current !== undefined && old?.primary === true) return { do: 'putFirst', identity: current.id };
  return old === undefined ? undefined : { do: 'remove', identity: old.id };
}

function callOf(step: AddressStep, path: string): ZendeskCall {
  switch (step.do) {
    case 'add':
      // The app has verified it: Zendesk must not write to its owner about that.
      return {
        method: 'POST',
        path,
        body: { identity: { type: 'email', value: step.email, verified: true, skip_verify_email: true } },
      };
    case 'putFirst':
      return { method: 'PUT', path: `${path}/${step.identity}/make_primary` };
    case 'remove':
      return { method: 'DELETE', path: `${path}/${step.identity}` };
  }
}
