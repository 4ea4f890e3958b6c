import { appGet, appPost } from '../router.ts';
import type { ConsoleRoute } from '../router.ts';
import { arrive, connectPage, connectNow } from './connect.ts';
import { check, repair, tryAgain } from './repair.ts';
import { remove, removePage } from './remove.ts';
import { show } from './show.ts';
import { saveSettings, settingsPage } from './settings.ts';
import { store } from './store.ts';

/** Connecting business systems, and looking after what is connected. Drawn from what each system declares. */
export const integrationRoutes: readonly ConsoleRoute[] = [
  appGet('/integrations', store),
  appGet('/integrations/connect/:system', connectPage),
  appPost('/integrations/connect/:system', connectNow),
  appGet('/integrations/arrive/:id', arrive),
  appGet('/integrations/:id', show),
  appGet('/integrations/:id/check', check),
  appPost('/integrations/:id/repair', repair),
  appPost('/integrations/:id/try-again', tryAgain),
  appGet('/integrations/:id/settings', (visit) => settingsPage(visit)),
  appPost('/integrations/:id/settings', saveSettings),
  appGet('/integrations/:id/remove', removePage),
  appPost('/integrations/:id/remove', remove),
];
