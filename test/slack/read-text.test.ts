import { describe, expect, it } from 'vitest';
import { readText } from '../../activities/slack/read-text.ts';

const DATA = { 'agent U1': { name: 'Ben', at: 0 } };

describe('what an agent types', () => {
  it.each([
    ['Hello', 'Hello'],
    ['2 &lt; 3 &amp;&amp; 4 &gt; 3', '2 < 3 && 4 > 3'],
    ['&amp;lt;', '&lt;'],
    ['see <https://example.com/a?b=1&amp;c=2>', 'see https://example.com/a?b=1&c=2'],
    ['see <http://example.com|example.com>', 'see example.com'],
    ['see <https://example.com/help|our help>', 'see our help (https://example.com/help)'],
    ['write to <mailto:ann@example.com|ann@example.com>', 'write to ann@example.com'],
    ['ask <@U1|ben.smith> or <@U2|cleo> or <@U3>', 'ask @Ben or @cleo or @someone'],
    ['in <#C1|general> or <#C2>', 'in #general or #a channel'],
    ['<!here> <!subteam^S1|@support>', '@here @support'],
    [':tada: done :+1: at 10:30:15', '🎉 done 👍 at 10:30:15'],
    [':tada::tada: (:+1:)', '🎉🎉 (👍)'],
    [
      'std::key::x, 2001:db8:1:100::1, <https://x.test/users/:id:/a>',
      'std::key::x, 2001:db8:1:100::1, https://x.test/users/:id:/a',
    ],
    ['no :such_emoji_at_all: here', 'no :such_emoji_at_all: here'],
    [
      '%[Buy](<https://example.com/buy>) ![](<https://example.com/a.png>)',
      '%[Buy](https://example.com/buy) ![](https://example.com/a.png)',
    ],
    ['one\ntwo', 'one\ntwo'],
  ])('%s reads %s', (typed, read) => {
    expect(readText(typed, DATA)).toBe(read);
  });
});
