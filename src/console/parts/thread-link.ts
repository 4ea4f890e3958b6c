import type { Account, BusinessSystem, RemoteThread } from '../../../activities/business-system.ts';
import { html } from '../../domain/html.ts';
import type { Html } from '../../domain/html.ts';

/** A thread as agents call it and where they see it. Without an address, its name. */
export function threadLink(system: Linked, thread: Shown, account: Account): Html {
  const name = system.threadName?.(thread) ?? thread.label;
  const url = system.threadUrl?.(thread, account);
  return url === undefined ? html`${name}` : html`<a href="${url}" target="_blank" rel="noreferrer">${name} ↗</a>`;
}

type Linked = Pick<BusinessSystem, 'threadName' | 'threadUrl'>;
type Shown = Pick<RemoteThread, 'remoteId' | 'data'> & { readonly label: string };
