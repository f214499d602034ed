/** Milliseconds before try number `attempt` (from 0): full jitter between `least` and a doubling cap of `most`. */
export function jitter(attempt: number, random: () => number, least = 500, most = 20_000): number {
  const cap = Math.min(most, least * 2 ** Math.min(attempt + 1, 16))
  return least + random() * (cap - least)
}
