import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeDevice, deviceFacts, pageOf } from '../../activities/device-words.ts';
import type { Device } from '../../src/domain/device.ts';

const aDevice = (more: Partial<Device>): Device => ({ id: 'd1', platform: 'web', info: {}, linkedAt: 1, lastSeen: 1, ...more });

const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0';

describe('the words for a device', () => {
  it.each<readonly [string, Partial<Device>, string]>([
    [
      'a browser on a page',
      { info: { userAgent: MAC, browserLanguage: 'en-US', currentUrl: 'https://shop.example:8443/tools?x=1' } },
      'shop.example:8443 on Chrome 128 for macOS, in English (United States)',
    ],
    ['a browser on a phone', { info: { userAgent: IPHONE, URL: 'shop.example' } }, 'shop.example on Safari 17 for iOS'],
    [
      'a browser on nothing known',
      { info: { userAgent: WINDOWS, browserLanguage: 'pt' } },
      'Firefox 130 for Windows, in Portuguese',
    ],
    [
      'a phone',
      {
        platform: 'ios',
        appVersion: '2.4',
        info: { appName: 'Shop', devicePlatform: 'iPhone15,2', os: 'iOS', osVersion: '17.1' },
      },
      'Shop 2.4 on iPhone15,2, iOS 17.1',
    ],
    ['a phone that tells little', { platform: 'android', info: { os: 'Android' } }, 'Android'],
    ['an app of a known version', { platform: 'ios', appVersion: '2.4' }, 'version 2.4 on iOS'],
    ['an app that names itself', { platform: 'ios', info: { appName: 'Shop' } }, 'Shop on iOS'],
    ['a browser that is unknown', { info: { userAgent: 'curl', URL: 'shop.example' } }, 'shop.example on Web Messenger'],
    ['a browser that tells nothing', {}, 'Web Messenger'],
    ['something else that tells nothing', { platform: 'fridge', info: { userAgent: 'curl', browserLanguage: '!' } }, 'fridge'],
  ])('are those of %s', (_what, device, words) => {
    expect(describeDevice(aDevice(device))).toBe(words);
  });

  it('are there whatever it tells of itself', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean());
    const name = fc.constantFrom('userAgent', 'browserLanguage', 'currentUrl', 'URL', 'appName', 'os', 'currentTitle');
    fc.assert(
      fc.property(fc.dictionary(name, value), (info) => {
        expect(describeDevice(aDevice({ info }))).not.toBe('');
        expect(() => [pageOf(aDevice({ info })), deviceFacts(aDevice({ info }))]).not.toThrow();
      }),
    );
  });
});

describe('the page that a browser shows', () => {
  it.each([
    [{ currentTitle: 'Tools', currentUrl: 'https://a.example/t' }, '“Tools” (https://a.example/t)'],
    [{ currentTitle: 'Tools' }, '“Tools”'],
    [{ currentUrl: 'https://a.example/t' }, 'https://a.example/t'],
    [{}, undefined],
  ])('of %j is %s', (info, page) => {
    expect(pageOf(aDevice({ info }))).toBe(page);
  });
});

describe('the facts of a device', () => {
  it('are what it tells of itself that stays the same for a while', () => {
    const passing = { currentUrl: 'https://a.example', currentTitle: 'A', referrer: 'b', wifi: true, carrier: 'C' };
    const told = { userAgent: MAC, browserLanguage: 'de', buildNumber: 17, ...passing };
    expect(deviceFacts(aDevice({ appVersion: '2.4', info: told }))).toEqual({
      userAgent: MAC,
      browserLanguage: 'de',
      buildNumber: 17,
      platform: 'web',
      appVersion: '2.4',
      browser: 'Chrome 128 for macOS',
      language: 'German',
    });
  });
});
