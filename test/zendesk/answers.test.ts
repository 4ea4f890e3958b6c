import { describe, expect, it } from 'vitest';
import { atZendesk } from './support/at-zendesk.ts';

describe('an agent’s answer', () => {
  const desk = atZendesk();

  it('has the buttons and images that the agent typed', async () => {
    const { says, acts, answers } = desk();
    await says('Do you have hats?');
    await acts({ do: 'reply', text: 'We do.\n![](https://shop.example/hat.png)\n%[See them](https://shop.example/hats)' });
    expect(await answers()).toMatchObject([
      {
        type: 'image',
        mediaUrl: 'https://shop.example/hat.png',
        actions: [{ type: 'link', text: 'See them', uri: 'https://shop.example/hats' }],
      },
    ]);
  });
});
