import { describe, expect, test } from 'vitest'
import { cutBlocks } from './blocks'

const DOCUMENT = `# Title

A paragraph
on two lines.

- one

- two

  still two

1. a
2. b

\`\`\`js
let a

let b
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

> quote
>
> more

~~~
\`\`\`

~~~

The end.`

describe('cutting markdown', () => {
  test('loses nothing', () => {
    expect(cutBlocks(DOCUMENT).join('')).toBe(DOCUMENT)
  })

  test('keeps fenced code whole, whatever stands in it', () => {
    const blocks = cutBlocks(DOCUMENT)
    expect(blocks).toContain('```js\nlet a\n\nlet b\n```\n\n')
    expect(blocks).toContain('~~~\n```\n\n~~~\n\n')
  })

  test('keeps a loose list together', () => {
    expect(cutBlocks('- one\n\n- two\n\n  still two\n\nAfter')).toEqual(['- one\n\n- two\n\n  still two\n\n', 'After'])
  })

  test('keeps a text with link definitions whole, because they reach everywhere', () => {
    const text = 'See [here][1].\n\nAnd there.\n\n[1]: https://example.org'
    expect(cutBlocks(text)).toEqual([text])
  })

  test('leaves settled blocks as they are while the text grows', () => {
    let before: string[] = []
    for (let end = 1; end <= DOCUMENT.length; end++) {
      const now = cutBlocks(DOCUMENT.slice(0, end))
      const settled = before.slice(0, -2)
      expect(now.slice(0, settled.length)).toEqual(settled)
      before = now
    }
  })

  test('of nothing is nothing', () => {
    expect(cutBlocks('')).toEqual([])
  })
})
