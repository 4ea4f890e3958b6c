import type { StoredUser } from '../../db/app-users.ts';
import type { Device } from '../../domain/device.ts';
import type { WireUser } from '../../domain/wire.ts';

/** An app user as the wire knows them. */
export const toWireUser = (user: StoredUser, devices: readonly Device[]): WireUser => ({
  id: user.id,
  userId: user.user_id ?? undefined,
  givenName: user.given_name ?? undefined,
  surname: user.surname ?? undefined,
  email: user.email ?? undefined,
  avatarUrl: user.avatar_url ?? undefined,
  properties: user.properties,
  signedUpAt: user.signed_up_at === null ? undefined : new Date(user.signed_up_at).toISOString(),
  conversationStarted: user.last_seq > 0,
  devices,
});

/** What an app user is called, or `undefined` for one without a name. */
export function nameOfUser(user: StoredUser): string | undefined {
  const name = [user.given_name, user.surname].filter((part) => part !== null).join(' ');
  return name === '' ? undefined : name;
}
