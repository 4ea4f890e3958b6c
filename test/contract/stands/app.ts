import { app } from '../../../activities/app/index.ts';
import { startReceiver } from '../../engine/support/receiver.ts';
import type { Answer, Receiver } from '../../engine/support/receiver.ts';
import { connectWebhook, createWorld } from '../../engine/support/world.ts';
import type { Fault, Stand, StandFactory } from '../stand.ts';

/** The app's webhooks: a server of the app's owner receives them. */
export const stand: StandFactory = {
  system: app,
  lacks: {
    access: 'a webhook that answers 401 refuses the one delivery',
    threads: 'a webhook only listens',
    signatures: 'nothing comes in',
    content: 'JSON carries every text as it is',
  },
  create: async (): Promise<Stand> => {
    const world = await createWorld();
    const receiver = await startReceiver();
    const connection = await connectWebhook(world, receiver.url);
    const script = (...answers: Answer[]): Promise<Fault> => Promise.resolve(scripted(receiver, answers));
    return {
      world,
      connection,
      seen: (conversation) => Promise.resolve(receiver.texts(conversation)),
      fault: {
        rateLimit: (seconds) => script({ status: 429, headers: { 'retry-after': String(seconds) } }),
        serverError: (times) => script(...Array.from({ length: times }, () => 503)),
        lostAnswer: () => script('drop'),
        refuseContent: (times) => script(...Array.from({ length: times }, () => 400)),
      },
      close: async () => {
        await receiver.close();
        await world.close();
      },
    };
  },
};

function scripted(receiver: Receiver, answers: readonly Answer[]): Fault {
  const before = receiver.fired;
  receiver.answer(...answers);
  return { fired: () => Promise.resolve(receiver.fired - before) };
}
