import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Env } from '../../src/dev/say.ts';
import type { Part } from './ground.ts';

/** As Linux distributions and people call it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The Chromium of this machine: `CHROMIUM_PATH`, or one on PATH. */
export function findChromium(env: Env): Part<{ readonly path: string }> {
  const named = env['CHROMIUM_PATH'] ?? '';
  const onPath = (env['PATH'] ?? '').split(delimiter).flatMap((directory) => NAMES.map((name) => join(directory, name)));
  const path = (named === '' ? [...onPath, ...ELSEWHERE] : [named]).find(isProgram);
  return path === undefined
    ? { missing: 'there is no Chromium: install one (Debian: chromium), or name it in CHROMIUM_PATH; tests of pages are skipped' }
    : { path };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
