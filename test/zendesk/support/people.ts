import { z } from 'zod';
import type { AtZendesk } from './at-zendesk.ts';

const User = z.object({
  id: z.number(),
  name: z.string(),
  email: z.string().nullable(),
  role: z.string(),
  external_id: z.string().nullable(),
  details: z.string().nullable(),
  user_fields: z.record(z.string(), z.json()),
});
export const One = z.object({ user: User });
export const Many = z.object({ users: z.array(User) });
const Identities = z.object({ identities: z.array(z.object({ value: z.string(), primary: z.boolean() })) });

/** End users, oldest first. */
export const customers = async ({ api }: AtZendesk) => (await api('GET', '/users?role=end-user', Many)).users;

/** Whose ticket the newest is. */
export const requester = async ({ world, ticket }: AtZendesk): Promise<number | undefined> => {
  const id = await ticket();
  return (await world.tickets()).find((one) => one.id === id)?.requester_id;
};

/** An end user's addresses, with which one comes first. */
export const addresses = async ({ api }: AtZendesk, user: number) =>
  (await api('GET', `/users/${user}/identities`, Identities)).identities.map(({ value, primary }) =>
    primary ? `${value} (first)` : value,
  );

/** Makes an end user who is none of ours. @returns the id */
export const aCustomer = async ({ api }: AtZendesk, user: object): Promise<number> =>
  (await api('POST', '/users', One, { user: { skip_verify_email: true, ...user } })).user.id;

/** Makes a field that the account keeps of its end users. */
export const aField = ({ api }: AtZendesk, user_field: object): Promise<unknown> =>
  api('POST', '/user_fields', z.unknown(), { user_field });

/** Merges the one end user who is not `winner` into that one. */
export async function mergeInto(at: AtZendesk, winner: number): Promise<void> {
  const loser = (await customers(at)).find(({ id }) => id !== winner)?.id;
  await at.api('PUT', `/users/${loser}/merge`, z.unknown(), { user: { id: winner } });
}

/** Zendesk refuses the next change of an end user. @returns how often it did */
export async function refuseUserWrite({ world: { zendesk } }: AtZendesk): Promise<() => Promise<number | undefined>> {
  const fault = { kind: 'status', method: 'PUT', path: '/users/*', status: 422, body: { error: 'RecordInvalid' } } as const;
  const { id } = await zendesk.addFault(fault);
  return async () => (await zendesk.faults()).find((one) => one.id === id)?.fired;
}
