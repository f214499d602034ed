// "Connect Gmail": away to the provider's own page and back, with every state said.
import { Check, LogIn } from 'lucide-react'
import type { AccountShown } from '@/api/shapes'
import { Button } from '@/components/ui/button'
import { channelName } from '@/lib/channels'
import { baseOf, isSet } from './guides/guide'
import { Wrong } from './wrong'

interface ConnectButtonProps {
  account: AccountShown
  busy: boolean
  fault: unknown
  onConnect: () => void
}

export function ConnectButton({ account, busy, fault, onConnect }: ConnectButtonProps) {
  const name = channelName(account.channel)
  const ready = isSet(account, 'client_id') && isSet(account, 'client_secret')
  const over = account.status === 'needs_reauth'
  const connected = isSet(account, 'refresh_token') && !over
  const mailbox = account.options.mailbox ?? ''
  const base = baseOf(account)
  const elsewhere = ready && base !== '' && new URL(base).origin !== window.location.origin
  const words = !account.enabled
    ? 'This account is switched off.'
    : !ready
      ? 'Enter and save the client’s ID and secret first.'
      : over
        ? 'The sign-in has ended: connect again.'
        : connected
          ? ''
          : account.mode === 'simulated'
            ? 'Leads to the simulated Google on this machine.'
            : 'Leads to Google, and back here.'
  return (
    <div className="space-y-2" data-slot="connect" data-state={connected ? 'connected' : ready ? 'ready' : 'not-ready'}>
      {connected && (
        <p className="flex items-center gap-2 text-sm [overflow-wrap:anywhere]">
          <Check aria-hidden="true" className="size-4 shrink-0 text-ok" />
          Connected{mailbox === '' ? '' : ` as ${mailbox}`}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button
          look={connected ? 'plain' : 'accent'}
          disabled={!ready || !account.enabled || busy}
          onClick={onConnect}
          className="min-h-11 sm:min-h-0"
        >
          <LogIn aria-hidden="true" />
          {busy ? `Opening ${name}` : connected || over ? `Connect ${name} again` : `Connect ${name}`}
        </Button>
        {words !== '' && <span className="text-xs text-ink-soft">{words}</span>}
      </div>
      {elsewhere && (
        <p className="text-xs text-attention [overflow-wrap:anywhere]">
          The way back leads to {base}: open this page there first, because it is taken only where it was begun.
        </p>
      )}
      <Wrong fault={fault} />
    </div>
  )
}
