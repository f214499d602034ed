import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8')

type Theme = 'light' | 'dark'
const pairs = new Map<string, Record<Theme, string>>()
for (const [, name = '', light = '', dark = ''] of css.matchAll(
  /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g,
)) {
  pairs.set(name, { light, dark })
}

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
const rgb = (name: string, theme: Theme) => {
  const hex = pairs.get(name)?.[theme]
  if (!hex) throw new Error(`tokens.css has no --${name}`)
  return [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16) / 255)) as [number, number, number]
}
const luminance = ([r, g, b]: [number, number, number]) => 0.2126 * r + 0.7152 * g + 0.0722 * b
function contrast(front: string, back: string, theme: Theme): number {
  const [a, b] = [luminance(rgb(front, theme)), luminance(rgb(back, theme))].sort((x, y) => y - x) as [number, number]
  return (a + 0.05) / (b + 0.05)
}

const GROUNDS = ['paper', 'raised', 'sunk'] as const
const CHANNELS = ['web', 'slack', 'gmail', 'whatsapp', 'telegram', 'sms'].map((name) => `channel-${name}`)
const WORDS: [front: string, back: string][] = [
  ...GROUNDS.flatMap((back) =>
    ['ink', 'ink-soft', 'ink-faint', 'accent', 'accent-strong'].map((front): [string, string] => [front, back]),
  ),
  ...['ink', 'ink-soft', 'accent'].flatMap((front) => ['tint', 'hover'].map((back): [string, string] => [front, back])),
  ...['ok', 'attention', 'failed', ...CHANNELS].flatMap((front) =>
    GROUNDS.map((back): [string, string] => [front, back]),
  ),
  ['attention', 'attention-wash'],
  ['ink', 'attention-wash'],
  ['ink-soft', 'attention-wash'],
  ['failed', 'failed-wash'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['paper', 'ink'],
]
const LINES: [front: string, back: string][] = [
  ...['edge', 'accent', ...CHANNELS].flatMap((front) =>
    ['paper', 'raised', 'sunk'].map((back): [string, string] => [front, back]),
  ),
  ...CHANNELS.map((front): [string, string] => [front, 'hover']),
]

describe.each(['light', 'dark'] as const)('in %s', (theme) => {
  test.each(WORDS)('%s on %s can be read (4.5:1)', (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(LINES)('%s on %s can be made out (3:1)', (front, back) => {
    expect(contrast(front, back, theme)).toBeGreaterThanOrEqual(3)
  })

  // Machado, Oliveira and Fernandes (2009), severity 1.0; distances in OKLab.
  test.each([
    ['every eye', [1, 0, 0, 0, 1, 0, 0, 0, 1]],
    ['protanopia', [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998]],
    ['deuteranopia', [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881]],
    ['tritanopia', [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039]],
  ] as const)('the six channels stay apart for %s', (_, eye) => {
    const seen = CHANNELS.map((name) => [name, oklab(see(rgb(name, theme), eye))] as const)
    for (const [at, [a, one]] of seen.entries()) {
      for (const [b, other] of seen.slice(at + 1)) {
        expect(Math.hypot(...one.map((v, k) => v - (other[k] ?? 0))), `${a} and ${b}`).toBeGreaterThan(0.06)
      }
    }
  })
})

test('the palette is read from the file, not remembered here', () => {
  expect(pairs.size).toBeGreaterThan(20)
})

function see([r, g, b]: [number, number, number], m: readonly number[]): [number, number, number] {
  const row = (at: number) => Math.min(1, Math.max(0, (m[at] ?? 0) * r + (m[at + 1] ?? 0) * g + (m[at + 2] ?? 0) * b))
  return [row(0), row(3), row(6)]
}

function oklab([r, g, b]: [number, number, number]): number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}
