import { describe, expect, test } from 'vitest'
import { type Marked, plainMarks, telegramMarks, whatsappMarks } from './marks'

/** A tree in one line: `strong[words]`, addresses as `a<href>[words]`. */
const drawn = (marks: readonly Marked[]): string =>
  marks
    .map((mark) =>
      typeof mark === 'string'
        ? mark
        : mark.kind === 'a'
          ? `a<${mark.href}>[${drawn(mark.inside)}]`
          : `${mark.kind}[${drawn(mark.inside)}]`,
    )
    .join('')

describe('WhatsApp', () => {
  test.each([
    ['*bold* _it_ ~no~', 'strong[bold] em[it] s[no]'],
    ['*a _b_ c*', 'strong[a em[b] c]'],
    ['2 * 3 * 4, snake_case_name', '2 * 3 * 4, snake_case_name'],
    ['* a*', '* a*'],
    ['`*raw*`', 'code[*raw*]'],
    ['```\nx = *1*\n```', 'pre[x = *1*]'],
    ['> one\n> *two*\nthree', 'blockquote[one\nstrong[two]]three'],
    ['see https://a.example/x_y_z.', 'see a<https://a.example/x_y_z>[https://a.example/x_y_z].'],
    ['<b>no</b>', '<b>no</b>'],
    ['', ''],
  ])('%j is shown as %j', (text, shown) => {
    expect(drawn(whatsappMarks(text))).toBe(shown)
  })

  test('a long run of marks is read in little time', () => {
    const text = '*_~'.repeat(20_000)
    const begun = performance.now()
    whatsappMarks(text)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})

describe('Telegram', () => {
  test.each([
    ['<b>a <i>b</i></b> &lt;c&gt;', 'strong[a em[b]] <c>'],
    ['<a href="https://a.example/">here</a>', 'a<https://a.example/>[here]'],
    ['<pre><code class="language-py">x &lt; 1</code></pre>', 'pre[x < 1]'],
    ['<blockquote>q</blockquote>\nw', 'blockquote[q]\nw'],
    ['<img src=x onerror=alert(1)>a<script>alert(1)</script>', 'a'],
    ['<svg onload=alert(1)><b>x</b></svg>', 'strong[x]'],
    ['<h1 style="x">big</h1>', 'big'],
  ])('%j is shown as %j', (html, shown) => {
    expect(drawn(telegramMarks(html))).toBe(shown)
  })
})

test('a text is plain', () => {
  expect(drawn(plainMarks('*a* <b>'))).toBe('*a* <b>')
})
