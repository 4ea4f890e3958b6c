/** The workflows: the one file that the worker bundles. */
export { account } from './account.ts';
export { conversation } from './conversation.ts';
