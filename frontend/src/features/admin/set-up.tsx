// The way from nothing to the first event, step by step; each ticks by itself.
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import type { AccountShown } from '@/api/shapes'
import { ExternalLink } from '@/components/external-link'
import { Button } from '@/components/ui/button'
import { SayHello } from './say-hello'
import { Copied, Step } from './step'
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
        <SayHello number={4} account={account} how="Write to the app in Slack." />
      </ol>
    </div>
  )
}
