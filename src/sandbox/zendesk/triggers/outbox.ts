import { z } from 'zod';
import type { Kind } from '../../store.ts';
import type { ZendeskSession } from '../account/session.ts';

const mailSchema = z.object({
  id: z.number(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** `trigger`: a trigger's notification. `verification`: Zendesk asks a person to confirm an address. */
  why: z.enum(['trigger', 'verification']),
  trigger_id: z.number().nullable(),
  trigger_title: z.string().nullable(),
  ticket_id: z.number().nullable(),
  user_id: z.number(),
  to: z.string(),
  subject: z.string(),
  body: z.string(),
});

/** A mail that Zendesk would have sent. */
export type Mail = z.infer<typeof mailSchema>;

export const outbox: Kind<Mail> = {
  name: 'mail',
  schema: mailSchema,
  id: (mail) => mail.id,
  position: (mail) => mail.id,
};

/** Records a mail as sent. */
export async function sendMail(session: ZendeskSession, mail: Omit<Mail, 'id' | 'at'>): Promise<void> {
  await session.store.put(outbox, { ...mail, id: session.nextId(), at: session.now });
}

/** Records the mail that asks for the confirmation of a new address. */
export const sendVerification = (session: ZendeskSession, userId: number, to: string): Promise<void> =>
  sendMail(session, {
    why: 'verification',
    trigger_id: null,
    trigger_title: null,
    ticket_id: null,
    user_id: userId,
    to,
    subject: 'Verify your e-mail address',
    body: 'Please follow the link to verify that this address is yours.',
  });
