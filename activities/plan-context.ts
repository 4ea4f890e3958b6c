import type { PlanContext } from './batch.ts';
import type { Round } from './round.ts';

/** What a plan may look at besides the messages. */
export function contextOf({ open, ports, system }: Round): PlanContext {
  return {
    app: open.app,
    conversation: open.conversation,
    appUser: open.appUser,
    person: open.person,
    formerPerson: open.formerPerson,
    thread: open.thread,
    previous: open.previous,
    account: open.account,
    settings: open.integrationSettings,
    operator: ports.settings.operator(system.name),
    systemLabel: ports.settings.systemLabel,
    transcriptUrl: open.hasHistory || open.previous !== undefined ? ports.settings.transcriptUrl(open.conversation) : undefined,
    done: new Set(open.effects.filter((effect) => effect.state === 'done').map((effect) => effect.key)),
    nonce: open.nonce,
    installation: ports.settings.installation,
  };
}
