// The addresses in the order in which they are tried: dragged, moved by the keyboard, or stepped with two buttons.
import {
  type Announcements,
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  type UniqueIdentifier,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import {
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable'
import { useRef } from 'react'
import type { IdentityShown } from '@/api/shapes'
import { IdentityRow } from './identity-row'
import { identityName, placeWords } from './words'

const HOW = {
  draggable:
    'To move an address, press Space, then the up and down arrows, and Space again to leave it there. Escape puts it back.',
}

interface IdentityOrderProps {
  items: readonly IdentityShown[]
  onMove: (from: number, to: number) => void
  onUnlink: (identity: IdentityShown) => void
}

export default function IdentityOrder({ items, onMove, onUnlink }: IdentityOrderProps) {
  const sensors = useSensors(
    // A press is not yet a drag.
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  )
  const moved = useRef(false)
  const ids = items.map(({ id }) => id)
  const end = ({ active, over }: DragEndEvent) => {
    if (over !== null) onMove(ids.indexOf(String(active.id)), ids.indexOf(String(over.id)))
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={closestCenter}
      onDragEnd={end}
      accessibility={{ announcements: announced(items, moved), screenReaderInstructions: HOW }}
    >
      <SortableContext items={ids} strategy={verticalListSortingStrategy}>
        <ol aria-label="Your addresses, first choice first" className="space-y-2">
          {items.map((identity, at) => (
            <Sortable
              key={identity.id}
              identity={identity}
              at={at}
              of={items.length}
              onMove={(to) => onMove(at, to)}
              onUnlink={() => onUnlink(identity)}
            />
          ))}
        </ol>
      </SortableContext>
    </DndContext>
  )
}

interface SortableProps {
  identity: IdentityShown
  at: number
  of: number
  onMove: (to: number) => void
  onUnlink: () => void
}

function Sortable(props: SortableProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: props.identity.id,
    attributes: { roleDescription: 'movable' },
  })
  return (
    <IdentityRow
      {...props}
      itemRef={setNodeRef}
      lifted={isDragging}
      style={transform === null ? undefined : { transform: `translate3d(0, ${transform.y}px, 0)`, transition }}
      handle={{ ...attributes, ...listeners, ref: setActivatorNodeRef }}
    />
  )
}

/** What is said while an address is moved; what holds afterwards is said once by the page. */
function announced(items: readonly IdentityShown[], moved: { current: boolean }): Announcements {
  const nameOf = (id: UniqueIdentifier) => {
    const found = items.find((item) => item.id === id)
    return found === undefined ? '' : identityName(found)
  }
  const at = (id: UniqueIdentifier) =>
    placeWords(
      items.findIndex((item) => item.id === id),
      items.length,
    )
  return {
    onDragStart: ({ active }) => {
      moved.current = false
      return `${nameOf(active.id)} is lifted. It is ${at(active.id)}.`
    },
    onDragOver: ({ active, over }) => {
      // At first it lies over its own place: that is no news.
      if (over === null || (!moved.current && over.id === active.id)) return undefined
      moved.current = true
      return `${nameOf(active.id)} would be ${at(over.id)}.`
    },
    onDragEnd: () => undefined,
    onDragCancel: ({ active }) => `${nameOf(active.id)} is where it was.`,
  }
}
