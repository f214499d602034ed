/**
 * Files on their way into messages, per conversation, for as long as this tab lives. Each is uploaded as soon as it is
 * attached, a few at a time; a message then names what is there already.
 */

import { ApiFault } from '@/api/http'
import type { Keeper } from '@/api/keeper'
import type { FileShown } from '@/api/shapes'
import { type Attached, type FilePart, kindOf, refusalOf } from '@/lib/files'
import { newId } from '@/lib/ids'
import { Store } from '@/lib/store'
import { EMPTY, partsOf, roomFor, type Tray, trayAfter } from './tray'

const AT_ONCE = 3
const LINGERS_MS = 5_000

interface Bytes {
  readonly body: Blob
  readonly type: string
  under: AbortController | null
}

export class Attachments {
  readonly #keeper: Pick<Keeper, 'ask' | 'upload'>
  readonly #trays = new Map<string, Store<Tray>>()
  readonly #bytes = new Map<string, Bytes>()
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(keeper: Pick<Keeper, 'ask' | 'upload'>) {
    this.#keeper = keeper
  }

  of(conversation: string): Store<Tray> {
    let tray = this.#trays.get(conversation)
    if (tray === undefined) {
      tray = new Store(EMPTY)
      this.#trays.set(conversation, tray)
    }
    return tray
  }

  /** Attach files; what is over a limit is refused here, in words. `others`: refused before already. */
  add(conversation: string, files: readonly File[], others: readonly string[] = []): void {
    const refusals = files.map(refusalOf)
    const good = files.filter((_, at) => refusals[at] === null)
    const { room, refused } = roomFor(this.of(conversation).get(), good.length)
    const items = good.slice(0, room).map((file) => this.#item(file, file.name || 'file', file.type, false))
    const words = [...others, ...refusals.filter((each) => each !== null), ...refused]
    this.#change(conversation, { t: 'added', items, refused: words })
    for (const { key } of items) void this.#upload(conversation, key)
  }

  /** Attach a recording. Resolves to it once it is there; null: it is not, or was taken back. */
  async record(conversation: string, recording: Blob): Promise<{ key: string; part: FilePart } | null> {
    const ending = recording.type.includes('mp4') ? 'm4a' : recording.type.includes('ogg') ? 'ogg' : 'webm'
    const { room, refused } = roomFor(this.of(conversation).get(), 1)
    const items = room === 0 ? [] : [this.#item(recording, `voice-note.${ending}`, recording.type, true)]
    this.#change(conversation, { t: 'added', items, refused })
    const [item] = items
    if (item === undefined) return null
    const part = await this.#upload(conversation, item.key)
    return part === null ? null : { key: item.key, part }
  }

  retry(conversation: string, key: string): void {
    if (this.#find(conversation, key)?.state !== 'failed') return
    this.#change(conversation, { t: 'again', key })
    void this.#upload(conversation, key)
  }

  /** Take one back, wherever it is: not sent, on its way, or there. */
  remove(conversation: string, key: string): void {
    const item = this.#find(conversation, key)
    if (item === undefined) return
    this.#bytes.get(key)?.under?.abort()
    this.#forget(item)
    this.#change(conversation, { t: 'removed', key })
    // The server sweeps away by itself what was never sent: nobody needs to wait for this.
    if (item.part) void this.#keeper.ask(`/api/v1/files/${item.part.id}`, { method: 'DELETE' }).catch(() => undefined)
  }

  /** What is there goes out with a message now; `only` one of them, where its key is given. */
  take(conversation: string, only?: string): readonly FilePart[] {
    const tray = this.of(conversation).get()
    const going = tray.items.filter((item) => item.part !== null && (only === undefined || item.key === only))
    for (const item of going) this.#forget(item)
    this.#change(conversation, { t: 'taken', keys: new Set(going.map((item) => item.key)) })
    return partsOf({ ...tray, items: going })
  }

  /** What could not be sent comes back. */
  giveBack(conversation: string, parts: readonly FilePart[]): void {
    const items = parts.map((part): Attached => {
      const { id, name, size, type, voice = false } = part
      return { key: id, name, size, kind: type, voice, preview: null, state: 'ready', sent: size, reason: null, part }
    })
    if (items.length > 0) this.#change(conversation, { t: 'added', items, refused: [] })
  }

  /** The refusals were read. */
  read(conversation: string): void {
    this.#change(conversation, { t: 'read' })
  }

  stop(): void {
    for (const { under } of this.#bytes.values()) under?.abort()
    for (const tray of this.#trays.values()) for (const item of tray.get().items) this.#forget(item)
    this.#trays.clear()
  }

  #item(body: Blob, name: string, type: string, voice: boolean): Attached {
    const key = newId()
    const kind = kindOf(type)
    this.#bytes.set(key, { body, type: type || 'application/octet-stream', under: null })
    const preview = kind === 'image' || voice ? URL.createObjectURL(body) : null
    return { key, name, size: body.size, kind, voice, preview, state: 'uploading', sent: 0, reason: null, part: null }
  }

  async #upload(conversation: string, key: string): Promise<FilePart | null> {
    const bytes = this.#bytes.get(key)
    const item = this.#find(conversation, key)
    if (bytes === undefined || item === undefined) return null
    const under = new AbortController()
    bytes.under = under
    await this.#turn()
    try {
      const query = new URLSearchParams({ name: item.name, voice: item.voice ? '1' : '0' })
      const path = `/api/v1/conversations/${encodeURIComponent(conversation)}/files?${query}`
      const part = await this.#keeper.upload<FileShown>(path, {
        body: bytes.body,
        type: bytes.type,
        signal: under.signal,
        onProgress: (sent) => this.#change(conversation, { t: 'progress', key, sent }),
      })
      if (under.signal.aborted) return null
      this.#change(conversation, { t: 'ready', key, part })
      return part
    } catch (fault) {
      if (!under.signal.aborted) this.#change(conversation, { t: 'failed', key, reason: wordsOf(fault) })
      return null
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  /** Wait until fewer than AT_ONCE are on their way. */
  async #turn(): Promise<void> {
    while (this.#running >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running += 1
  }

  #find(conversation: string, key: string): Attached | undefined {
    return this.of(conversation)
      .get()
      .items.find((item) => item.key === key)
  }

  #forget(item: Attached): void {
    this.#bytes.delete(item.key)
    const { preview } = item
    // Whoever draws it may still be reading it.
    if (preview !== null) setTimeout(() => URL.revokeObjectURL(preview), LINGERS_MS)
  }

  #change(conversation: string, change: Parameters<typeof trayAfter>[1]): void {
    const tray = this.of(conversation)
    tray.set(trayAfter(tray.get(), change))
  }
}

function wordsOf(fault: unknown): string {
  if (!(fault instanceof ApiFault) || fault.code === 'unreachable') {
    return 'No connection. Retry when it is back.'
  }
  return `${fault.message} ${fault.hint}`.trim()
}
