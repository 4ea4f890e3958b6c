import { app } from './app/index.ts';
import type { BusinessSystem } from './business-system.ts';
import { slack } from './slack/index.ts';
import { zendesk } from './zendesk/index.ts';

/** Every system there is: one line each. */
export const systems: readonly BusinessSystem[] = [app, zendesk, slack];

/** The system of that name. Rows and addresses carry names, so an unknown one is nobody's fault of today. */
export const systemNamed = (name: string): BusinessSystem | undefined => systems.find((system) => system.name === name);

/** What people call the system of that name; the name itself, where there is no such system. */
export const systemLabel = (name: string): string => systemNamed(name)?.facts.label ?? name;
