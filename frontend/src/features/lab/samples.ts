/** A photo and a voice note to send without having one. Meta's and Twilio's stand-ins bring their own by name. */

import type { Channel } from '@/lib/channels'

export type Sample = 'image' | 'voice'

/** Pixels of a picture's side; samples a second, and seconds, of a note. */
const RATE = 8_000
const LONG_S = 1
/** Four colours, two by two: a PNG of 79 bytes. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR42mMQKs7vv3yIIVI/Qtd7GgAkRgUHa9GqYwAAAABJRU5ErkJggg=='

/** What goes into the body of `say` beside the words. */
export function sampleFor(channel: Channel, sample: Sample): object {
  if (channel !== 'telegram') return { media: [{ sample }] }
  const file =
    sample === 'image'
      ? { kind: 'photo', body: PICTURE, media_type: 'image/png', name: 'picture.png' }
      : { kind: 'voice', body: base64(tone()), media_type: 'audio/wav', name: 'note.wav' }
  return { file }
}

/** A WAV of one second: a tone of 440 Hz, 16 bits, one channel. */
export function tone(): Uint8Array {
  const size = RATE * LONG_S * 2
  const bytes = new Uint8Array(44 + size)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode('RIFF....WAVEfmt '))
  view.setUint32(4, 36 + size, true)
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, RATE, true)
  view.setUint32(28, RATE * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  bytes.set(new TextEncoder().encode('data'), 36)
  view.setUint32(40, size, true)
  for (let n = 0; n < RATE * LONG_S; n++) {
    view.setInt16(44 + n * 2, Math.round(9_000 * Math.sin((2 * Math.PI * 440 * n) / RATE)), true)
  }
  return bytes
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
