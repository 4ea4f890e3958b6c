/** Every scope that the stand-in knows, for bots and for people. */
export const BOT_SCOPES: readonly string[] = [
  'app_mentions:read',
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'channels:write.invites',
  'channels:write.topic',
  'chat:write',
  'chat:write.customize',
  'chat:write.public',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'groups:write',
  'groups:write.invites',
  'groups:write.topic',
  'im:history',
  'im:read',
  'im:write',
  'links:read',
  'metadata.message:read',
  'reactions:read',
  'reactions:write',
  'team:read',
  'usergroups:read',
  'users.profile:read',
  'users:read',
  'users:read.email',
];

/** What an owner's own token may do. */
export const ADMIN_SCOPES: readonly string[] = [
  ...BOT_SCOPES.filter((scope) => !['commands', 'chat:write.customize', 'chat:write.public'].includes(scope)),
  'channels:write',
];
