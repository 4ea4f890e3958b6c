import { openThreadsOf } from '../../db/integrations/read.ts';
import type { ApiDeps } from '../deps.ts';
import { userRoute } from '../route.ts';
import type { Route } from '../route.ts';

/** Where agents see an app user: the threads that are open, under the name that each system has for its ids. */
export const businessSystemRoutes = (deps: ApiDeps): readonly Route[] => [
  userRoute('get', '/businesssystems', 'app', async ({ user }) => {
    const threads = await openThreadsOf(deps.db, user.id);
    const businessSystems = threads.map(({ system, remoteId }) => ({
      type: system,
      [deps.systems.find(({ name }) => name === system)?.facts.threadIdField ?? 'threadId']: remoteId,
    }));
    return { status: 200, body: { businessSystems } };
  }),
];
