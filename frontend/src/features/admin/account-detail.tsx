// One account: how it is, when it was last heard and last spoke, a test, its set-up, and the way to switch it off.
import { Check } from 'lucide-react'
import { type ReactNode, useId, useState } from 'react'
import type { AccountShown, Tested } from '@/api/shapes'
import { HealthMark } from '@/components/health-mark'
import { Moment } from '@/components/moment'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent, DialogTrigger } from '@/components/ui/dialog'
import { AccountHealth } from './account-health'
import { Fact } from './fact'
import { FieldsForm } from './fields-form'
import { Guided } from './guided'
import { guideOf } from './guides'
import { NameForm } from './name-form'
import { Quarantine } from './quarantine'
import { SecretsForm } from './secrets-form'
import { SetUp } from './set-up'
import { Copied } from './step'
import { TroubleNote } from './trouble-note'
import { useAccount } from './useAccounts'
import { optionWords } from './words'
import { Wrong } from './wrong'

interface AccountDetailProps {
  account: AccountShown
  label: string
  /** Its admin has just come back from the provider. */
  connected?: boolean
}

export function AccountDetail({ account, label, connected = false }: AccountDetailProps) {
  const { change, act, test, remove, manifest, connect } = useAccount(account)
  const guide = guideOf(account)
  const told = guide?.told
  const options = Object.entries(account.options).filter(([name]) =>
    told === undefined ? name !== 'socket' : name in told,
  )
  return (
    <article aria-labelledby={`account-${account.id}`} data-slot="account" data-state={account.status}>
      <header className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 id={`account-${account.id}`} className="text-lg font-semibold [overflow-wrap:anywhere]">
            {account.name}
          </h2>
          <p className="mt-1 flex flex-wrap items-center gap-x-3 text-sm text-ink-soft">
            <HealthMark health={account.status} className="text-sm" />
            {account.mode === 'simulated' && <span>Simulated, nothing leaves this machine</span>}
          </p>
          {guide && guide.provider !== label && <p className="mt-1 text-sm text-ink-soft">By {guide.provider}</p>}
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            look="accent"
            className="max-sm:h-11"
            disabled={test.isPending || !account.enabled}
            onClick={() => test.mutate()}
          >
            {test.isPending ? 'Testing' : 'Send test'}
          </Button>
          <Switch account={account} label={label} busy={act.isPending} onSwitch={(what) => act.mutate(what)} />
        </div>
      </header>
      {connected && account.status !== 'needs_reauth' && (
        <p role="status" data-slot="connected" className="mt-4 flex items-center gap-2 text-sm">
          <Check aria-hidden="true" className="size-4 shrink-0 text-ok" />
          {label} is connected{account.options.mailbox ? ` as ${account.options.mailbox}` : ''}.
        </p>
      )}
      <TroubleNote account={account} />
      <div role="status" className="mt-3 text-sm empty:hidden">
        {test.data && <TestResult tested={test.data} />}
      </div>
      <div className="mt-3 space-y-2 empty:hidden">
        <Wrong fault={test.error} />
        <Wrong fault={act.error} />
      </div>

      <dl className="mt-6 grid gap-4 text-sm sm:grid-cols-2">
        <Fact term="Last in">
          <When at={account.last_in} never="Nothing has come in yet" />
        </Fact>
        <Fact term="Last out">
          <When at={account.last_out} never="Nothing has gone out yet" />
        </Fact>
        {account.health !== null && <AccountHealth health={account.health} status={account.status} />}
        {options.map(([name, value]) => (
          <Fact key={name} term={told?.[name] ?? optionWords(name)}>
            {value}
          </Fact>
        ))}
        <Fact term="Made">
          <Moment at={account.created_at} />
        </Fact>
      </dl>

      <div className="mt-6 max-w-sm">
        <NameForm name={account.name} onSave={(name) => change.mutateAsync({ name })} />
      </div>

      <section aria-label="Set-up" className="mt-8 border-t pt-6">
        <h3 className="mb-4 text-sm font-semibold">Set-up</h3>
        {account.channel === 'slack' ? (
          <SetUp
            account={account}
            busy={change.isPending}
            onSocket={(on) => change.mutate({ options: { socket: on ? 'on' : 'off' } })}
            onManifest={() => manifest.mutate()}
          >
            <SecretsForm secrets={account.secrets} onSave={(secrets) => change.mutateAsync({ secrets })} />
          </SetUp>
        ) : guide !== undefined ? (
          <Guided guide={guide} account={account} onSave={(asked) => change.mutateAsync(asked)} connect={connect} />
        ) : (
          <div className="space-y-4">
            <Copied label="Webhook address" text={account.webhook_url} what="the webhook address" />
            <SecretsForm secrets={account.secrets} onSave={(secrets) => change.mutateAsync({ secrets })} />
          </div>
        )}
        {account.channel === 'slack' && change.variables?.options !== undefined && <Wrong fault={change.error} />}
        <Wrong fault={manifest.error} />
      </section>

      {guide !== undefined && guide.settings.length > 0 && (
        <section aria-label="Settings" className="mt-8 border-t pt-6">
          <h3 className="mb-4 text-sm font-semibold">Settings</h3>
          <FieldsForm
            guide={guide}
            account={account}
            options={guide.settings.filter((name) => name in guide.options)}
            secrets={guide.settings.filter((name) => name in guide.secrets)}
            action="Save settings"
            onSave={(asked) => change.mutateAsync(asked)}
          />
        </section>
      )}

      <section aria-label="Set aside" className="mt-8 border-t pt-6">
        <h3 className="mb-4 text-sm font-semibold">Set aside</h3>
        <Quarantine account={account} />
      </section>

      {account.mode === 'real' && (
        <section aria-label="Take away" className="mt-8 border-t pt-6">
          <Confirm
            title={`Take ${account.name} away?`}
            words="Its secrets are erased. Nobody can be reached through it afterwards."
            action="Take it away"
            trigger={<Button disabled={remove.isPending}>Take this account away</Button>}
            onConfirm={() => remove.mutate()}
          />
          <div className="mt-3 empty:hidden">
            <Wrong fault={remove.error} />
          </div>
        </section>
      )}
    </article>
  )
}

function Switch({
  account,
  label,
  busy,
  onSwitch,
}: {
  account: AccountShown
  label: string
  busy: boolean
  onSwitch: (what: 'enable' | 'disable') => void
}) {
  if (!account.enabled)
    return (
      <Button className="max-sm:h-11" disabled={busy} onClick={() => onSwitch('enable')}>
        Switch on
      </Button>
    )
  return (
    <Confirm
      title={`Switch ${account.name} off?`}
      words={`Nothing comes in from ${label} through it and nothing goes out, until it is switched on again. What is said elsewhere goes on.`}
      action="Switch off"
      trigger={
        <Button className="max-sm:h-11" disabled={busy}>
          Switch off
        </Button>
      }
      onConfirm={() => onSwitch('disable')}
    />
  )
}

function Confirm({
  title,
  words,
  action,
  trigger,
  onConfirm,
}: {
  title: string
  words: string
  action: string
  trigger: ReactNode
  onConfirm: () => void
}) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger asChild>{trigger}</DialogTrigger>
      <DialogContent title={title} aria-describedby={id}>
        <p id={id} className="text-sm text-ink-soft">
          {words}
        </p>
        <div className="mt-6 flex justify-end gap-2">
          <DialogClose asChild>
            <Button look="quiet">Keep it</Button>
          </DialogClose>
          <Button
            look="accent"
            onClick={() => {
              setOpen(false)
              onConfirm()
            }}
          >
            {action}
          </Button>
        </div>
      </DialogContent>
    </Dialog>
  )
}

function TestResult({ tested }: { tested: Tested }) {
  return (
    <p data-slot="test-result" data-state={tested.health} className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <HealthMark health={tested.health} />
      <span>{tested.detail}</span>
      <span className="text-ink-soft tabular-nums">{tested.took_ms} ms</span>
    </p>
  )
}

function When({ at, never }: { at: string | null; never: string }) {
  return at === null ? <span className="text-ink-soft">{never}</span> : <Moment at={at} />
}
