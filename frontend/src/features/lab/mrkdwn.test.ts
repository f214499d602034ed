import { expect, test } from 'vitest'
import { fromSlack, unescaped } from './mrkdwn'

test.each([
  ['a &lt;b&gt; &amp; c', 'a <b> & c'],
  ['&amp;lt;', '&lt;'],
  ['<https://a.example/x|the way>', '[the way](https://a.example/x)'],
  ['see <https://a.example/x>', 'see https://a.example/x'],
  ['<@U0MAYA> and <#C1|general>', '@U0MAYA and general'],
  ['*Maya* · web\nHello *there*', '**Maya** · web\n\nHello *there*'],
  ['**bold** and `a &lt; b`', '**bold** and `a < b`'],
])('%j reads as %j', (slack, markdown) => {
  expect(fromSlack(slack)).toBe(markdown)
})

test('what was escaped twice stays escaped once', () => {
  expect(unescaped('&amp;amp;')).toBe('&amp;')
})
