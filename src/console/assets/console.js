// What the pages gain where scripts run. Without them everything works, too.
import { keepFresh } from './live.js';
import { enhance } from './enhance.js';

enhance(document);
keepFresh();
