// What stands in place of an answer that has no words yet. The node on the line breathes; here is the word for it.
export function ThinkingIndicator({ words = 'Thinking' }: { words?: string }) {
  return <p className="text-base text-ink-soft">{words}…</p>
}
