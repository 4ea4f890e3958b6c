import type { Page } from 'playwright-core';
import { ADMINISTRATOR } from '../support/visitor.ts';

/** Opens an address of the console as the administrator, who signs in on the way. */
export async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('E-mail address').fill(ADMINISTRATOR.email);
  await page.getByLabel('Password').fill(ADMINISTRATOR.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(address);
}
