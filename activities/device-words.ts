import Bowser from 'bowser';
import type { Device } from '../src/domain/device.ts';
import type { JsonObject } from '../src/domain/json.ts';
import { textOf } from '../src/domain/json.ts';

/** What of a device is not the same tomorrow: where the browser is, and by which net. */
const PASSING = new Set(['currentUrl', 'currentTitle', 'referrer', 'carrier', 'radioAccessTechnology', 'wifi']);

const PLATFORMS: Readonly<Record<string, string>> = { web: 'Web Messenger', ios: 'iOS', android: 'Android' };

/**
 * A device in words for agents: "Shop 2.4 on iPhone15,2, iOS 17.1" or "shop.example on Chrome 128 for macOS, in English (United
 * States)". Text of the app's: to be made literal where it is written.
 */
export function describeDevice(device: Device): string {
  const { info, platform } = device;
  const browser = browserOf(info);
  const app = (browser === undefined ? appOf(device) : '') || hostOf(info);
  const machine = browser ?? (machineOf(info) || (PLATFORMS[platform] ?? platform));
  const language = languageOf(info);
  return joined(' on ', app, machine) + (language === undefined ? '' : `, in ${language}`);
}

/** The page that a browser showed when the device was last told of. */
export function pageOf({ info }: Device): string | undefined {
  const [title, url] = [textOf(info, 'currentTitle'), textOf(info, 'currentUrl')];
  if (title === '') return url === '' ? undefined : url;
  return url === '' ? `“${title}”` : `“${title}” (${url})`;
}

/** What is known of a device by name, for fields that may bear one. Only what stays the same for a while. */
export function deviceFacts(device: Device): JsonObject {
  const { info, platform, appVersion } = device;
  const lasting = Object.entries(info).filter(([name]) => !PASSING.has(name));
  return { ...Object.fromEntries(lasting), platform, appVersion, browser: browserOf(info), language: languageOf(info) };
}

const joined = (between: string, ...parts: readonly string[]): string => parts.filter((part) => part !== '').join(between);

const appOf = ({ info, appVersion = '' }: Device): string => {
  const name = textOf(info, 'appName');
  return name === '' && appVersion !== '' ? `version ${appVersion}` : joined(' ', name, appVersion);
};

/** "iPhone15,2, iOS 17.1" */
const machineOf = (info: JsonObject): string => {
  const model = textOf(info, 'deviceModel') || textOf(info, 'devicePlatform');
  return joined(', ', model, joined(' ', textOf(info, 'os'), textOf(info, 'osVersion')));
};

/** "Chrome 128 for macOS", if that can be told. */
function browserOf(info: JsonObject): string | undefined {
  const agent = textOf(info, 'userAgent');
  if (agent === '') return undefined;
  const { browser, os } = Bowser.parse(agent);
  const name = browser.name ?? '';
  return name === '' ? undefined : joined(' for ', joined(' ', name, browser.version?.split('.')[0] ?? ''), os.name ?? '');
}

const hostOf = (info: JsonObject): string => textOf(info, 'URL') || (URL.parse(textOf(info, 'currentUrl'))?.host ?? '');

function languageOf(info: JsonObject): string | undefined {
  const tag = textOf(info, 'browserLanguage');
  if (tag === '') return undefined;
  try {
    return new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard' }).of(tag);
  } catch {
    return undefined; // not a language tag
  }
}
