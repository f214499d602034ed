/** What Slack keeps, as our markdown: its links, its three escapes, and its one-star bold in labels. */

export function fromSlack(text: string): string {
  const linked = text.replace(/<([^<>|\s]+)(?:\|([^<>]*))?>/g, (_, target: string, words: string | undefined) => {
    if (/^(?:https?|mailto):/.test(target)) return words ? `[${words}](${target})` : target
    if (target.startsWith('@') || target.startsWith('#')) return words ?? target
    return words ?? target.replace(/^!/, '@')
  })
  // "*Maya* · web": who said it elsewhere. Only there one star is bold; elsewhere it may be markdown's own.
  return unescaped(linked.replace(/^\*([^*\n]+)\*( · [^\n]*)\n/gm, '**$1**$2\n\n'))
}

/** `&amp;` last, so that what was escaped twice stays escaped once. */
export function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
