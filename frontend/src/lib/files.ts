// What people attach, as screens know it: limits, names and sizes in words. The server decides; this says it first.

/** Bytes of one file, and files of one message: what the server takes. */
export const MOST_BYTES = 25_000_000
export const MOST_FILES = 10

export type FileKind = 'image' | 'audio' | 'video' | 'file'

/** A piece of a message that is not its words. */
export interface FilePart {
  readonly id: string
  readonly type: FileKind
  readonly name: string
  readonly media_type: string
  readonly size: number
  /** Absent: it is here. */
  readonly state?: 'ready' | 'waiting' | 'refused'
  readonly voice?: boolean
  readonly transcript?: string
  /** Why it was refused: a code. */
  readonly reason?: string
}

/** A file on its way into the next message. */
export interface Attached {
  /** Ours, before the server has named it. */
  readonly key: string
  readonly name: string
  readonly size: number
  readonly kind: FileKind
  readonly voice: boolean
  /** A `blob:` address of a picture or recording, for looking and listening before it is sent. */
  readonly preview: string | null
  readonly state: 'uploading' | 'ready' | 'failed'
  /** Bytes that are on their way or there. */
  readonly sent: number
  /** Why it failed, in words. */
  readonly reason: string | null
  /** As the server has it. */
  readonly part: FilePart | null
}

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** How a file is shown, by what its sender takes it for. The server looks at its bytes. */
export function kindOf(mediaType: string): FileKind {
  const type = mediaType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type.startsWith('audio/')) return 'audio'
  if (type.startsWith('video/')) return 'video'
  return PICTURES.has(type) ? 'image' : 'file'
}

/** A size as people say it, by thousands: "640 bytes", "12 kB", "2.4 MB". */
export function sizeWords(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`
  const millions = bytes / 1_000_000
  return `${millions < 9.95 ? millions.toFixed(1).replace(/\.0$/, '') : Math.round(millions)} MB`
}

/** Why a file cannot be attached, with the limit; null: it can. */
export function refusalOf(file: { readonly name: string; readonly size: number }): string | null {
  if (file.size === 0) return `“${file.name}” is empty: there is nothing in it to send.`
  if (file.size <= MOST_BYTES) return null
  // Just over the limit would read as the limit.
  const size = sizeWords(Math.max(file.size, MOST_BYTES + 1_000_000))
  return `“${file.name}” has ${size}. A file may have ${sizeWords(MOST_BYTES)}.`
}

/** Why something that came by another channel is not here. */
export function refusedWords(reason: string | undefined): string {
  switch (reason) {
    case 'file_too_big':
      return `It is larger than ${sizeWords(MOST_BYTES)}, so it was not taken over.`
    case 'file_empty':
      return 'There was nothing in it.'
    case 'no_file':
    case 'file_gone':
      return 'The channel does not have it any more.'
    case 'not_reached':
      return 'The channel did not hand it over in time.'
    default:
      return 'It could not be taken over from the channel.'
  }
}

/** Seconds as a clock says them: "0:07", "4:59". */
export function clockWords(seconds: number): string {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** A part in a word or two, where it cannot be shown. */
export function partWords(part: FilePart): string {
  if (part.voice) return part.transcript ? `voice note: ${part.transcript}` : 'voice note'
  const what = { image: 'picture', audio: 'recording', video: 'film', file: 'file' }[part.type]
  return `${what} ${part.name}`
}

const HEIGHTS: Readonly<Record<FileKind, number>> = { image: 192, video: 180, audio: 76, file: 56 }

/** About how many pixels parts take below each other, before they are drawn. */
export function partsHeight(parts: readonly FilePart[]): number {
  const heights = parts.map(({ state = 'ready', type, transcript }) =>
    state === 'ready' ? HEIGHTS[type] + (transcript === undefined ? 0 : 26) : HEIGHTS.file,
  )
  return heights.reduce((sum, height) => sum + height + 8, -8)
}
