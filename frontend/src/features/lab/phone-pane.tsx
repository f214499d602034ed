// A phone as the customer holds it: WhatsApp, Telegram or texts, with our side at the other end of the line.
import { Mic, Image as Picture } from 'lucide-react'
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { channelName } from '@/lib/channels'
import { Bubble } from './bubble'
import { PaneArea, PaneHint } from './pane-area'
import { PaneComposer } from './pane-composer'
import { ownerOf, type PhoneEnd, talkOf, typingKey } from './phones'
import type { usePhones } from './usePhones'

/** A sign that somebody types is over by then, whatever clock it was told by. */
const TYPES_MS = 25_000
const READ_AFTER_MS = 600

interface PhonePaneProps {
  phones: ReturnType<typeof usePhones>
  end: PhoneEnd
  organisation: string
  /** Of who is signed in: on their phone, where they have one. */
  name: string
}

export default function PhonePane({ phones, end, organisation, name }: PhonePaneProps) {
  const { picture, line, fault } = phones
  const person = ownerOf(picture, name)
  const messages = useMemo(() => (person ? talkOf(picture, end.id, person.id) : []), [picture, end.id, person])
  const typing = useTyping(picture.typing.get(typingKey(end.id, person?.id ?? '')))
  const pane = useRef<HTMLElement>(null)
  const seen = useOnScreen(pane)
  const unread = messages.filter((message) => !message.mine && message.status === 'delivered').length
  const { read } = phones
  useEffect(() => {
    if (!seen || unread === 0 || person === undefined) return
    const timer = setTimeout(() => void read(end, person), READ_AFTER_MS)
    return () => clearTimeout(timer)
  }, [seen, unread, person, end, read])
  const channel = channelName(end.channel)

  return (
    <section
      ref={pane}
      aria-label={channel}
      data-slot="phone-pane"
      data-channel={end.channel}
      className="flex min-h-0 min-w-0 flex-1 flex-col bg-sunk"
    >
      <div className="flex min-h-12 shrink-0 flex-col justify-center border-b bg-paper px-4 py-1">
        <p className="truncate text-sm font-medium">{organisation}</p>
        <p className="truncate text-xs text-ink-soft tabular-nums">{end.shown}</p>
      </div>
      <PaneArea of={`${end.id}/${person?.id}`}>
        {messages.length === 0 && (
          <PaneHint>
            {line === 'connecting'
              ? `Opening ${channel}…`
              : `Write below, or go on with the conversation in ${channel}.`}
          </PaneHint>
        )}
        <ol aria-label={`Messages in ${channel}`} aria-busy={typing}>
          {messages.map((message) => (
            <Bubble
              key={message.id}
              message={message}
              channel={end.channel}
              onPress={(button) => person && void phones.press(end, person, message.id, button)}
            />
          ))}
        </ol>
        {typing && (
          <p role="status" className="px-4 py-1 text-xs text-ink-soft">
            {organisation} is typing…
          </p>
        )}
      </PaneArea>
      <PaneComposer
        channel={end.channel}
        line={line}
        fault={fault}
        disabled={person === undefined}
        placeholder={`As ${person?.name ?? 'the customer'}`}
        onSay={(text) => (person === undefined ? undefined : phones.say(end, person, text))}
        beside={
          person !== undefined && (
            <>
              <Button
                look="quiet"
                size="icon"
                className="max-sm:size-11"
                aria-label={`Send a sample photo in ${channel}`}
                title="Send a sample photo"
                onClick={() => void phones.show(end, person, 'image')}
              >
                <Picture aria-hidden="true" />
              </Button>
              {end.channel !== 'sms' && (
                <Button
                  look="quiet"
                  size="icon"
                  className="max-sm:size-11"
                  aria-label={`Send a sample voice note in ${channel}`}
                  title="Send a sample voice note"
                  onClick={() => void phones.show(end, person, 'voice')}
                >
                  <Mic aria-hidden="true" />
                </Button>
              )}
            </>
          )
        }
      />
    </section>
  )
}

/** Whether our side is typing now, by the time until when it was told to be. */
function useTyping(until: number | undefined): boolean {
  const [typing, setTyping] = useState(false)
  useEffect(() => {
    const left = until === undefined ? 0 : Math.min(until - Date.now(), TYPES_MS)
    setTyping(left > 0)
    if (left <= 0) return
    const timer = setTimeout(() => setTyping(false), left)
    return () => clearTimeout(timer)
  }, [until])
  return typing
}

function useOnScreen(of: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (of.current === null) return
    const watch = new IntersectionObserver(([entry]) => setSeen(entry?.isIntersecting === true), { threshold: 0.5 })
    watch.observe(of.current)
    return () => watch.disconnect()
  }, [of])
  return seen
}
