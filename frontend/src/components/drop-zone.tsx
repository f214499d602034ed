// A place to drop files on. While they hang over it, it says so; what is dropped beside it does not leave the page.
import { Paperclip } from 'lucide-react'
import { type ComponentProps, type DragEvent, useEffect, useRef, useState } from 'react'

interface DropZoneProps extends ComponentProps<'div'> {
  /** `refused`: why some of what was dropped is none of the files, in words. */
  onFiles: (files: readonly File[], refused: readonly string[]) => void
}

export function DropZone({ onFiles, children, ...props }: DropZoneProps) {
  const [over, setOver] = useState(false)
  /** Every element inside is entered and left as well. */
  const depth = useRef(0)

  useEffect(() => {
    const keep = (event: globalThis.DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
    }
    window.addEventListener('dragover', keep)
    window.addEventListener('drop', keep)
    return () => {
      window.removeEventListener('dragover', keep)
      window.removeEventListener('drop', keep)
    }
  }, [])

  const move = (event: DragEvent, by: 1 | -1) => {
    if (!event.dataTransfer.types.includes('Files')) return
    depth.current = Math.max(0, depth.current + by)
    setOver(depth.current > 0)
  }
  const drop = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    depth.current = 0
    setOver(false)
    const { files, refused } = dropped(event.dataTransfer)
    if (files.length > 0 || refused.length > 0) onFiles(files, refused)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button beside the words does the same by keyboard
    <div {...props} onDragEnter={(event) => move(event, 1)} onDragLeave={(event) => move(event, -1)} onDrop={drop}>
      {children}
      {over && (
        <div
          data-slot="drop-veil"
          className="pointer-events-none absolute inset-2 z-30 flex items-center justify-center gap-2 rounded-card border-2 border-dashed border-accent bg-raised/90 text-base font-medium text-accent"
        >
          <Paperclip aria-hidden="true" className="size-5" />
          Drop files to attach them
        </div>
      )}
    </div>
  )
}

function dropped({ items, files }: DataTransfer): { files: readonly File[]; refused: readonly string[] } {
  const folders = new Set(
    [...items].flatMap((item) => {
      const entry = item.kind === 'file' ? item.webkitGetAsEntry?.() : null
      return entry?.isDirectory ? [entry.name] : []
    }),
  )
  return {
    files: [...files].filter((file) => !folders.has(file.name)),
    refused: [...folders].map((name) => `“${name}” is a folder. Attach the files in it instead.`),
  }
}
