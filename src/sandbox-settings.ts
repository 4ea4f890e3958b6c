import type { BusinessSystem } from '../activities/business-system.ts';

/**
 * What leads every system whose address can be set to its stand-in, as environment variables.
 * @param sandboxUrl where browsers and Deskbridge reach the sandbox, without a slash at the end.
 */
export const sandboxSettings = (systems: readonly BusinessSystem[], sandboxUrl: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    systems.flatMap(({ name, facts }) =>
      facts.operatorSettings
        .filter((setting) => setting.name === 'url')
        .map(({ env, default: address }) => {
          const account = address?.includes('{subdomain}') === true ? '/{subdomain}' : '';
          return [env, `${sandboxUrl}/${name}${account}`] as const;
        }),
    ),
  );
