import { expect, test } from 'vitest'
import { clockWords, kindOf, partWords, refusalOf, sizeWords } from './files'

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_000, '1 kB'],
  [999_499, '999 kB'],
  [999_500, '1 MB'],
  [1_000_000, '1 MB'],
  [2_440_000, '2.4 MB'],
  [9_960_000, '10 MB'],
  [25_000_000, '25 MB'],
])('%i bytes are %s', (bytes, words) => expect(sizeWords(bytes)).toBe(words))

test('the limit itself is allowed, one byte more is not', () => {
  expect(refusalOf({ name: 'a', size: 25_000_000 })).toBeNull()
  expect(refusalOf({ name: 'a', size: 25_000_001 })).toContain('25 MB')
})

test.each([
  ['image/png', 'image'],
  ['image/svg+xml', 'file'],
  ['audio/webm;codecs=opus', 'audio'],
  ['video/mp4', 'video'],
  ['text/html', 'file'],
  ['', 'file'],
  ['toString', 'file'],
])('%s is shown as %s', (type, kind) => expect(kindOf(type)).toBe(kind))

test.each([
  [0, '0:00'],
  [7.9, '0:07'],
  [60, '1:00'],
  [299, '4:59'],
])('%d seconds are %s', (seconds, words) => expect(clockWords(seconds)).toBe(words))

test('a part is named where it cannot be shown', () => {
  const part = { id: 'f', type: 'image', name: 'roof.png', media_type: 'image/png', size: 1 } as const
  expect(partWords(part)).toBe('picture roof.png')
  expect(partWords({ ...part, type: 'audio', voice: true, transcript: 'It rains.' })).toBe('voice note: It rains.')
})
