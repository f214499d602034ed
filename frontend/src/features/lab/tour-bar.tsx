// The tour as one sees it: where it is on its line, what happens in words, and the ways to pause and to stop it.
import { Pause, Play, Square } from 'lucide-react'
import { ChannelSign } from '@/components/channel-mark'
import { Button } from '@/components/ui/button'
import { channelName } from '@/lib/channels'
import { cn } from '@/lib/cn'
import type { Step, Tour } from './tour'

interface TourBarProps {
  story: readonly Step[]
  tour: Tour
  onPause: () => void
  onStop: () => void
}

export function TourBar({ story, tour, onPause, onStop }: TourBarProps) {
  if (tour.status === 'off') return null
  const at = 'at' in tour ? tour.at : story.length
  const going = tour.status === 'playing' || tour.status === 'paused'
  return (
    <section
      aria-label="The tour"
      data-slot="tour"
      data-state={tour.status}
      className="flex shrink-0 flex-wrap items-center gap-x-6 gap-y-2 border-b bg-tint px-4 py-2"
    >
      <ol aria-label="Steps of the tour" className="flex items-center">
        {story.map(({ channel, caption }, index) => (
          <li
            key={caption}
            aria-current={index === at ? 'step' : undefined}
            className="flex items-center"
            title={channelName(channel)}
          >
            {index > 0 && <span aria-hidden="true" className={cn('h-0.5 w-5', index <= at ? 'bg-ink' : 'bg-edge')} />}
            <span className={cn('rounded-full p-1', index === at && 'ring-2 ring-accent', index > at && 'opacity-50')}>
              <ChannelSign channel={channel} className="block size-4" />
              <span className="sr-only">{channelName(channel)}</span>
            </span>
          </li>
        ))}
      </ol>
      <p aria-live="polite" className="min-w-0 flex-1 basis-80 text-sm">
        {wordsOf(story, tour)}
      </p>
      <div className="flex items-center gap-2">
        {going && (
          <Button size="small" className="h-9 max-sm:h-11" aria-keyshortcuts="Space" onClick={onPause}>
            {tour.status === 'paused' ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
            {tour.status === 'paused' ? 'Go on' : 'Pause'}
          </Button>
        )}
        <Button size="small" look="quiet" className="h-9 max-sm:h-11" onClick={onStop}>
          {going && <Square aria-hidden="true" className="fill-current" />}
          {going ? 'Stop' : 'Close'}
        </Button>
      </div>
    </section>
  )
}

function wordsOf(story: readonly Step[], tour: Tour): string {
  if (tour.status === 'failed') return 'This step could not be done. The panes say why; the tour can be run again.'
  if (tour.status === 'over') return 'That was one conversation on one line. Go on in any pane: it is yours.'
  return tour.status === 'off' ? '' : (story[tour.at]?.caption ?? '')
}
