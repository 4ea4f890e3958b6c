import type { JsonObject } from '../src/domain/json.ts';
import type { Api, Grant } from './business-system.ts';
import type { Http } from './http.ts';

/** One field of a form, drawn by the console and checked by the API. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly type: 'text' | 'secret' | 'toggle' | 'choice';
  readonly required?: boolean;
  readonly pattern?: { readonly source: string; readonly expected: string };
  readonly default?: string | boolean;
  /** For `choice`. A setting may leave them to `ConnectSteps.choices`, which asks the account. */
  readonly choices?: readonly Choice[];
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/**
 * What a person does to connect an account: `fields`: types in credentials (`ConnectSteps.check`). `oauth`: allows access at the
 * system's site, which sends the browser back (`authorizeUrl`, `exchange`). `install`: allows the installation at the system's
 * site, which then fetches our descriptor and posts what it grants to us (`installUrl`, `descriptor`, `installed`).
 */
export type ConnectFlow =
  | ({ readonly kind: 'fields' } & ConnectForm)
  | ({ readonly kind: 'oauth' } & ConnectForm)
  | ({ readonly kind: 'install' } & ConnectForm)
  | { readonly kind: 'none' };

/** What a person types in to connect an account. */
export interface ConnectForm {
  readonly fields: readonly Field[];
  /** The field that holds the account's key, where one does: it is filled in when that account is connected again. */
  readonly accountField?: string;
}

/** What the operator must or may provide for a system, from the environment. */
export interface OperatorSetting {
  /** The environment variable. */
  readonly env: string;
  /** Its name in `operator`. */
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly default?: string;
}

/** What connecting found out. */
export interface Connected {
  /** The system's name for the account. Integrations with the same key share the account. */
  readonly accountKey: string;
  readonly data: JsonObject;
  /** What requests of the account are verified with, where it is the account's own. Sealed. */
  readonly secrets?: JsonObject;
  readonly grant: Grant;
  /** How people call the account. */
  readonly displayName: string;
}

/** What an OAuth redirect needs. */
export interface OAuthRequest {
  readonly input: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  readonly state: string;
  /** PKCE, S256, base64url. */
  readonly codeChallenge: string;
}

export interface OAuthReturn {
  readonly input: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  readonly redirectUri: string;
  readonly code: string;
  readonly codeVerifier: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What an install link needs. */
export interface InstallRequest {
  readonly input: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  /** Where the system fetches the descriptor. It holds a token of this one attempt. */
  readonly descriptorUrl: string;
}

export interface DescriptorRequest {
  readonly operator: Readonly<Record<string, string>>;
  /** Where the descriptor itself is. */
  readonly descriptorUrl: string;
  /** Where the system posts what it grants, once. It holds the same token. */
  readonly callbackUrl: string;
  /** Where Deskbridge is, for the other addresses that a descriptor names. */
  readonly publicUrl: string;
}

/** What the system posted. Whoever knows the token can post: nothing of `body` is believed before the system's own host confirmed it. */
export interface InstallCallback {
  readonly input: JsonObject;
  readonly operator: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface ConnectSteps {
  /** Where the browser is sent to grant access. */
  authorizeUrl?(request: OAuthRequest): string;
  /** @throws {ConnectRefused} in words for the person who connects. */
  exchange?(back: OAuthReturn, http: Http): Promise<Connected>;
  /** The page of the system's site where a person allows the installation. @throws {ConnectRefused} that names the field to correct. */
  installUrl?(request: InstallRequest): string;
  /** What the system reads to know what is to be installed. It is read without a sign-in: no secrets. */
  descriptor?(request: DescriptorRequest): JsonObject;
  /** Proves what was posted against the live system, at hosts that the system allows. @throws {ConnectRefused} in words for the person who connects. */
  installed?(callback: InstallCallback, http: Http): Promise<Connected>;
  /** Checks typed-in credentials against the live system. @throws {ConnectRefused} */
  check?(input: JsonObject, operator: Readonly<Record<string, string>>, http: Http): Promise<Connected>;
  /** The choices of settings that the account itself has, by the field's name. */
  choices?(api: Api): Promise<Readonly<Record<string, readonly Choice[]>>>;
  /**
   * Checks settings of an integration against the live system, and prepares what they need there. Not called where nothing was changed.
   * @returns the settings to keep.
   * @throws {ConnectRefused} that names the field to correct.
   */
  configure?(settings: JsonObject, api: Api): Promise<JsonObject>;
  /** Gives the grant back to the system, after the last integration left and its resources are gone. */
  readonly disconnect?: (api: Api) => Promise<void>;
}
