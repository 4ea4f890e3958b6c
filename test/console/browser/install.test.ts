import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../src/domain/time.ts';
import { aHost, allow, installable } from '../../connect/support/installable.ts';
import { aConsole } from '../support/visitor.ts';
import { aBrowser, complaintsOf } from './open-browser.ts';
import { seriousFindings } from './scan.ts';
import { signIn } from './sign-in.ts';

describe('an install link in a browser', { timeout: MINUTE }, () => {
  const host = aHost();
  const { api } = aConsole({ systems: [installable(host.url)], allowedNetworks: ['127.0.0.0/8'] });
  const open = aBrowser();

  it('is waited for by a page that goes on by itself', async () => {
    const page = await (await open()).newPage();
    const complaints = complaintsOf(page);
    await signIn(page, `${api().url}/console/apps/${api().app.appId}/integrations/connect/installable`);
    await page.getByLabel('Room').fill('hall');
    await page.getByRole('button', { name: 'Continue to Chatter' }).click();
    const link = await page.getByRole('link', { name: 'Install at Chatter' }).getAttribute('href');
    expect(await seriousFindings(page)).toEqual([]);
    expect((await allow(link ?? '', 'good-hall')).status).toBe(200);
    await page.getByRole('heading', { name: 'Chatter hall' }).waitFor();
    await page.getByText('Chatter hall is connected.').waitFor();
    expect(complaints).toEqual([]);
  });
});
