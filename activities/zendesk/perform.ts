import type { Effect, RemoteRef } from '../batch.ts';
import type { Api } from '../business-system.ts';
import { putAddress } from './addresses.ts';
import { putDetails } from './details.ts';
import { putFields } from './user-fields.ts';
import { putUser } from './users.ts';
import { addComment, createTicket } from './tickets.ts';
import { upload } from './upload.ts';
import { Write } from './writes.ts';

/** Performs one planned write: an end user, their fields, details or address, a file, a ticket, a comment. */
export async function perform(effect: Effect, api: Api): Promise<RemoteRef> {
  const write = Write.parse(effect.write);
  switch (write.kind) {
    case 'user':
      return await putUser(write, api);
    case 'fields':
      return await putFields(write, api);
    case 'details':
      return await putDetails(write, api);
    case 'address':
      return await putAddress(write, api);
    case 'upload':
      return await upload(write, api);
    case 'ticket':
      return await createTicket(write, api);
    case 'comment':
      return await addComment(write, api);
  }
}
