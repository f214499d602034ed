// The way from nothing to the first event, step by step; each ticks by itself.
import { Check, Download, LoaderCircle } from 'lucide-react'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { AccountShown } from '@/api/shapes'
import { CopyButton } from '@/components/copy-button'
import { ExternalLink } from '@/components/external-link'
import { Moment } from '@/components/moment'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { isSocket, manifestCommand, missing, secretWords } from './words'

interface SetUpProps {
  account: AccountShown
  busy: boolean
  onSocket: (on: boolean) => void
  /** Save the manifest as a file. */
  onManifest: () => void
  children: ReactNode
}

/** `children`: where the secrets are entered. */
export function SetUp({ account, busy, onSocket, onManifest, children }: SetUpProps) {
  const socket = isSocket(account)
  const lacks = missing(account)
  const works = account.status === 'waiting_first_event' || account.status === 'up' || account.status === 'degraded'
  const heard = account.last_in !== null
  const command = manifestCommand(account)
  return (
    <div data-slot="set-up">
      {account.mode === 'simulated' && (
        <p className="mb-5 text-sm text-ink-soft">
          This account is simulated and set up already. A real one takes these steps.
        </p>
      )}
      <ol className="space-y-6">
        <Step number={1} title="How Slack reaches us" done={lacks.length === 0}>
          <label className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              role="switch"
              aria-checked={socket}
              checked={socket}
              disabled={busy || account.mode === 'simulated'}
              onChange={(event) => onSocket(event.target.checked)}
              className="mt-0.5 size-4 accent-(--accent)"
            />
            <span>
              <span className="font-medium">Socket Mode</span>
              <span className="block text-xs text-ink-soft">
                {socket
                  ? 'We ask Slack: no public address is needed.'
                  : 'Slack calls our address below, which must be reachable from outside.'}
              </span>
            </span>
          </label>
          {!socket && <Copied label="Webhook address" text={account.webhook_url} what="the webhook address" />}
        </Step>
        <Step number={2} title="Make the app at Slack" done={lacks.length === 0}>
          <p className="text-sm text-ink-soft [&_a]:text-accent [&_a]:underline [&_a]:underline-offset-3">
            Download the manifest, then open{' '}
            <ExternalLink href="https://api.slack.com/apps">api.slack.com/apps</ExternalLink>, choose Create New App,
            From a manifest, and paste it. Then install the app to your workspace.
          </p>
          <Button size="small" onClick={onManifest}>
            <Download aria-hidden="true" />
            Download manifest
          </Button>
          <p className="text-xs text-ink-soft">Or print it where the server runs:</p>
          <Copied label="Manifest" text={command} what="the command" />
        </Step>
        <Step number={3} title="Enter its secrets" done={lacks.length === 0}>
          {lacks.length > 0 && (
            <p className="text-sm text-ink-soft">
              Still missing: {lacks.map((name) => secretWords(name).words.toLowerCase()).join(' and ')}.
            </p>
          )}
          {children}
        </Step>
        <Step number={4} title="Say hello" done={heard} live={!heard && works}>
          <p role="status" className="flex flex-wrap items-center gap-x-2 text-sm text-ink-soft">
            {account.last_in !== null ? (
              <>
                The first event is here. Last heard <Moment at={account.last_in} />
              </>
            ) : works ? (
              <>
                {account.mode === 'simulated' ? (
                  <span>
                    Write in the Slack of the{' '}
                    <Link to="/lab" className="text-accent underline underline-offset-3">
                      lab
                    </Link>
                    .
                  </span>
                ) : (
                  <span>Write to the app in Slack.</span>
                )}
                <span>Waiting for the first event…</span>
              </>
            ) : (
              'Comes next: write to the app in Slack, and its first event ticks this step.'
            )}
          </p>
        </Step>
      </ol>
    </div>
  )
}

function Step({
  number,
  title,
  done,
  live = false,
  children,
}: {
  number: number
  title: string
  done: boolean
  live?: boolean
  children: ReactNode
}) {
  return (
    <li data-state={done ? 'done' : live ? 'waiting' : 'open'} className="flex gap-3">
      <span
        aria-hidden="true"
        className={cn(
          'grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold ring-1 ring-inset',
          done ? 'bg-accent text-on-accent ring-accent' : 'text-ink-soft ring-edge',
        )}
      >
        {done ? (
          <Check className="size-3.5" />
        ) : live ? (
          <LoaderCircle className="size-3.5 motion-safe:animate-spin" />
        ) : (
          number
        )}
      </span>
      <div className="min-w-0 flex-1 space-y-3">
        <h4 className="text-sm font-medium">
          {title}
          <span className="sr-only">{done ? ', done' : ''}</span>
        </h4>
        {children}
      </div>
    </li>
  )
}

export function Copied({ label, text, what }: { label: string; text: string; what: string }) {
  return (
    <div className="flex items-center gap-2 rounded-small bg-sunk py-1 pr-1 pl-3 ring-1 ring-hairline">
      <input
        readOnly
        aria-label={label}
        value={text}
        onFocus={(event) => event.target.select()}
        className="min-w-0 flex-1 truncate bg-transparent font-mono text-xs outline-none focus-visible:outline-2"
      />
      <CopyButton text={text} what={what} />
    </div>
  )
}
