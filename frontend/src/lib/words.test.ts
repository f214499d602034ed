import { expect, test } from 'vitest'
import { plainWords } from './words'

test.each([
  ['Press **Stop** or `Esc`.', 'Press Stop or Esc.'],
  ['## Title\n\n- one\n- *two*', 'Title one two'],
  ['See [the docs](https://example.org/a_b).', 'See the docs.'],
  ['![a chart](x.png)', 'a chart'],
  ['> said\n\n```js\nlet a\n```', 'said let a'],
  ['2 * 3 and snake_case stay', '2 * 3 and snake_case stay'],
  ['cut off **half', 'cut off half'],
])('%j reads "%s"', (markdown, words) => {
  expect(plainWords(markdown)).toBe(words)
})
