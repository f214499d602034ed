/**
 * A mail's HTML as a page for a sandboxed frame that runs nothing and loads nothing. The frame has our own content
 * policy, which takes no style without the page's nonce: so the styles that stand in the mail are gathered in one sheet.
 */

const GONE = 'script, iframe, object, embed, link, meta, base, title, form, input, button, video, audio, svg, math'
const KEPT: ReadonlySet<string> = new Set([
  ...['class', 'dir', 'lang', 'align', 'valign', 'width', 'height', 'cellpadding', 'cellspacing', 'border', 'title'],
  ...['colspan', 'rowspan', 'role', 'start'],
])
const BASE = 'body{margin:8px;font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}table{max-width:100%}'
/** What could fetch something, or end the sheet. */
const UNSAFE = /url\s*\(|@import|image-set|<|\\/i

/** `nonce` is the page's own. */
export function mailPage(html: string, nonce: string): string {
  // Renamed first: a style that is parsed as one is refused by the policy, loudly, even where it is never shown.
  const unstyled = html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, ' data-style='))
  const page = new DOMParser().parseFromString(unstyled.replace(/<(\/?)style\b/gi, '<$1template'), 'text/html')
  const sheets = [...page.querySelectorAll('template')].map((sheet) => {
    sheet.remove()
    return sheet.content.textContent ?? ''
  })
  const rules = new Map<string, string>()
  for (const element of page.querySelectorAll(GONE)) element.remove()
  for (const picture of page.querySelectorAll('img')) picture.replaceWith(picture.alt)
  for (const element of [page.body, ...page.body.querySelectorAll('*')]) clean(element, rules)
  const own = [...rules].map(([style, name]) => `.${name}{${style}}`)
  const all = [BASE, ...sheets.filter((sheet) => !UNSAFE.test(sheet)), ...own].join('\n')
  const policy = `default-src 'none'; style-src ${/^[\w+/=-]+$/.test(nonce) ? `'nonce-${nonce}'` : "'none'"}`
  return (
    `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="${policy}">` +
    `<style nonce="${nonce.replace(/[^\w+/=-]/g, '')}">${all}</style></head>${page.body.outerHTML}</html>`
  )
}

function clean(element: Element, rules: Map<string, string>): void {
  const style = element.getAttribute('data-style')
  const href = element.getAttribute('href')
  for (const { name } of [...element.attributes]) if (!KEPT.has(name)) element.removeAttribute(name)
  // A link can be read, not followed: the frame must lead nowhere.
  if (href !== null) element.setAttribute('title', href)
  if (style === null) return
  const declared = style
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each.includes(':') && !UNSAFE.test(each) && !/[{}]/.test(each))
    .join(';')
  if (declared === '') return
  const name = rules.get(declared) ?? `m${rules.size + 1}`
  rules.set(declared, name)
  element.classList.add(name)
}

/** The nonce that this page came with; empty where it came without. */
export function pageNonce(): string {
  return document.querySelector<HTMLElement>('meta[property="csp-nonce"]')?.nonce ?? ''
}

/** What somebody wrote, and the older mail that their program put below it. */
export function withoutQuote(text: string): { said: string; quoted: string } {
  const at = text.search(/^(?:>|On [^\n]{1,120}(?:\r?\n[^\n]{0,120})?wrote:\s*$|-{3,} ?Original Message|_{10,}\s*$)/im)
  return at <= 0 ? { said: text.trim(), quoted: '' } : { said: text.slice(0, at).trim(), quoted: text.slice(at).trim() }
}
