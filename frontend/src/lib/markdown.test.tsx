import { render } from '@testing-library/react'
import ReactMarkdown from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { describe, expect, test } from 'vitest'
import { settle } from './markdown'

const ANSWERS = [
  'A binding joins a **conversation** to *one* identity. It has a `mode`: **active**, `mirror`, ***standby*** or off.',
  'Here is how:\n\n```python\ndef say(text: str) -> None:\n    """Say **it** with `ticks`."""\n    print(f"**{text}**")\n```\n\nThat is all.',
  'Compare them:\n\n| channel | streams | typing |\n|---|:---:|---:|\n| web | yes | yes |\n| **mail** | no | `no` |\n\nThe rest waits.',
  '# First\n\nSome _words_ and a [link](https://example.org/a_(b)?q=**x**) and ![a picture](https://example.org/p.png) here.\n\n## Second\n\n1. one\n2. **two** with `code`\n   - nested *item*\n   - another\n3. three\n\n> quoted **loudly**\n> twice\n\n---\n\nThe end.',
  'Steps:\n\n- **Move**: `bind` it\n- **Stop**: press *Esc*\n- ~~Nothing~~ else\n\n  ```sh\n  npx -y rust-just up\n  ```\n\n* stars too\n+ and plus',
  '~~~\ntilde fence with ``` inside\n~~~\n\nThen ``double `tick` code`` and 2 * 3 = 6, a_b_c stay.',
  '**Bold at the start** and at the **end**\n\n**Whole line**\n\n***Both***',
  'A table with text before\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```json\n{"a": "**b**", "t": "| - |"}\n```',
  'Emoji 👍 **fett** – «quoted» `命令` and **漢字**。',
]

/** What is painted, code left out: inside code these marks are the author's own words. */
function shown(markdown: string): string {
  const { container, unmount } = render(<ReactMarkdown remarkPlugins={[remarkGfm]}>{markdown}</ReactMarkdown>)
  for (const code of container.querySelectorAll('code')) code.remove()
  const text = container.textContent ?? ''
  unmount()
  return text
}

describe('every prefix of an answer', () => {
  test.each(ANSWERS.map((answer, at) => [at, answer] as const))(
    'of answer %i shows no half-open syntax',
    (_, answer) => {
      for (let end = 0; end <= answer.length; end += 1) {
        const text = shown(settle(answer.slice(0, end), true))
        const where = `after ${JSON.stringify(answer.slice(Math.max(0, end - 40), end))}`
        expect(text, where).not.toMatch(/\*\*/)
        expect(text, where).not.toMatch(/`{1,}/)
        expect(text, where).not.toMatch(/~~/)
        expect(text, where).not.toMatch(/\|[ :-]*-[ :-]*/)
        expect(text, where).not.toMatch(/\]\(|!\[/)
      }
    },
  )

  test.each(ANSWERS.map((answer, at) => [at, answer] as const))(
    'of answer %i keeps what was said before',
    (_, answer) => {
      // Held back is at most the last line or an unfinished table head, never a finished paragraph.
      const paragraphs = answer.split('\n\n')
      let said = ''
      for (const paragraph of paragraphs.slice(0, -1)) {
        said += `${paragraph}\n\n`
        if ((said.match(/^ *(```|~~~)/gm)?.length ?? 0) % 2 === 1) continue
        expect(
          shown(settle(`${said}N`, true))
            .replace(/\s*N$/, '')
            .trimEnd(),
        ).toBe(shown(said).trimEnd())
      }
    },
  )
})

test('a finished answer is shown as it was written', () => {
  for (const answer of [...ANSWERS, 'lone ** stars', 'open ` tick', '| half | a table']) {
    expect(settle(answer, false)).toBe(answer)
  }
})

test('the words of a half-written link show before its address is there', () => {
  expect(shown(settle('See [the docs](https://exa', true))).toBe('See the docs')
  expect(shown(settle('See [the do', true))).toBe('See the do')
  expect(shown(settle('See ![a pic](https://exa', true))).toBe('See')
})

test('code streams inside its block from its first line on', () => {
  const { container } = render(<ReactMarkdown>{settle('```js\nconst a = `x', true)}</ReactMarkdown>)
  expect(container.querySelector('pre code.language-js')?.textContent).toBe('const a = `x\n')
})

test('a table shows as soon as it is one, and its rows grow', () => {
  const { container } = render(
    <ReactMarkdown remarkPlugins={[remarkGfm]}>{settle('| a | b |\n|---|---|\n| one | tw', true)}</ReactMarkdown>,
  )
  expect(container.querySelector('td')?.textContent).toBe('one')
})
