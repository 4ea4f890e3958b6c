import { openSlack } from './slack/open-slack.ts';
import type { VendorDeps } from './vendor.ts';
import { openZendesk } from './zendesk/open-zendesk.ts';

/** Starts every vendor that there is: one line each. */
export const openVendors = async (deps: (name: string) => VendorDeps) => ({
  zendesk: await openZendesk(deps('zendesk')),
  slack: await openSlack(deps('slack')),
});

/** The vendors by name. */
export type Vendors = Awaited<ReturnType<typeof openVendors>>;
