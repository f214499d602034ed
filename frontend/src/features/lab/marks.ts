/** Words as a phone shows them: WhatsApp's marks and Telegram's few tags, as one small tree. Nothing else gets through. */

export type Kind = 'strong' | 'em' | 's' | 'u' | 'code' | 'pre' | 'blockquote'
export type Marked =
  | string
  | { readonly kind: Kind; readonly inside: readonly Marked[] }
  | { readonly kind: 'a'; readonly href: string; readonly inside: readonly Marked[] }

const LINK = /https?:\/\/[^\s<>]*[^\s<>.,;:!?)\]'"*_~]/
/** Marks stand at a word's edge, hold no space inside their ends, and do not run over a line. */
const INLINE = /(?<![\p{L}\p{N}])([*_~])(?=\S)((?:(?!\1)[^\n])+?)(?<=\S)\1(?![\p{L}\p{N}])/u
const SIGNS: Readonly<Record<string, Kind>> = { '*': 'strong', _: 'em', '~': 's' }

/** Plain words, in which only addresses can be pressed. */
export function plainMarks(text: string): Marked[] {
  return cut(text, LINK, ([href]) => ({ kind: 'a', href, inside: [href] }))
}

/** WhatsApp: three backticks, one backtick, `> ` at a line's beginning, `*bold*`, `_italic_`, `~strike~`. */
export function whatsappMarks(text: string): Marked[] {
  return cut(
    text,
    /```([\s\S]+?)```/,
    ([, inside = '']) => ({ kind: 'pre', inside: [inside.replace(/^\n|\n$/g, '')] }),
    quotes,
  )
}

function quotes(text: string): Marked[] {
  return cut(
    text,
    /(?<=^|\n)> [^\n]*(?:\n> [^\n]*)*\n?/,
    ([lines]) => ({ kind: 'blockquote', inside: inline(lines.replace(/^> /gm, '').replace(/\n$/, '')) }),
    inline,
  )
}

function inline(text: string): Marked[] {
  return cut(
    text,
    /`([^`\n]+)`/,
    ([, inside = '']) => ({ kind: 'code', inside: [inside] }),
    (around) => cut(around, LINK, ([href]) => ({ kind: 'a', href, inside: [href] }), signs),
  )
}

function signs(text: string): Marked[] {
  return cut(text, INLINE, ([, sign = '', inside = '']) => ({ kind: SIGNS[sign] ?? 'em', inside: signs(inside) }))
}

/** Every place that fits becomes a mark; what stands around goes on to the next reader. */
function cut(
  text: string,
  wanted: RegExp,
  mark: (match: RegExpExecArray) => Marked,
  around: (text: string) => Marked[] = (rest) => (rest === '' ? [] : [rest]),
): Marked[] {
  const found: Marked[] = []
  let from = 0
  const everywhere = new RegExp(wanted.source, `g${wanted.flags}`)
  for (let match = everywhere.exec(text); match !== null; match = everywhere.exec(text)) {
    if (match[0] === '') break
    found.push(...around(text.slice(from, match.index)), mark(match))
    from = match.index + match[0].length
  }
  found.push(...around(text.slice(from)))
  return found
}

const TAGS: Readonly<Record<string, Kind>> = {
  b: 'strong',
  strong: 'strong',
  i: 'em',
  em: 'em',
  u: 'u',
  ins: 'u',
  s: 's',
  strike: 's',
  del: 's',
  code: 'code',
  pre: 'pre',
  blockquote: 'blockquote',
}
const SILENT: ReadonlySet<string> = new Set(['script', 'style', 'template', 'iframe', 'object', 'title', 'noscript'])

/** Telegram's HTML: read by a parser that runs nothing, and only its own tags are kept. Others are their words alone. */
export function telegramMarks(html: string): Marked[] {
  return marksOf(new DOMParser().parseFromString(`<body>${html}`, 'text/html').body)
}

function marksOf(node: Node): Marked[] {
  return [...node.childNodes].flatMap((child): Marked[] => {
    if (child.nodeType === Node.TEXT_NODE) return child.textContent ? plainMarks(child.textContent) : []
    if (!(child instanceof Element)) return []
    const tag = child.tagName.toLowerCase()
    if (SILENT.has(tag)) return []
    if (tag === 'a') return [{ kind: 'a', href: child.getAttribute('href') ?? '', inside: words(child) }]
    const kind = TAGS[tag]
    if (kind === 'code' || kind === 'pre') return [{ kind, inside: words(child) }]
    return kind === undefined ? marksOf(child) : [{ kind, inside: marksOf(child) }]
  })
}

function words(node: Node): string[] {
  return node.textContent ? [node.textContent] : []
}
