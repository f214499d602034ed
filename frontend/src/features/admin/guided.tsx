// The way from nothing to the first event at a provider, drawn from its guide; each step ticks by itself.
import type { AccountAsked, AccountShown } from '@/api/shapes'
import { ConnectButton } from './connect-button'
import { FieldsForm } from './fields-form'
import { baseOf, copied, type Guide, isDone, lacks } from './guides/guide'
import { SayHello } from './say-hello'
import { Copied, Step } from './step'

interface GuidedProps {
  guide: Guide
  account: AccountShown
  onSave: (asked: AccountAsked) => Promise<unknown>
  connect: { isPending: boolean; isSuccess: boolean; error: unknown; mutate: () => void }
}

export function Guided({ guide, account, onSave, connect }: GuidedProps) {
  const missing = lacks(guide, account)
  return (
    <div data-slot="set-up" data-provider={account.provider}>
      {account.mode === 'simulated' ? (
        <p className="mb-5 text-sm text-ink-soft">
          This account is simulated and set up already. A real one takes these steps.
        </p>
      ) : (
        <>
          {missing.length > 0 && (
            <p role="status" className="mb-5 text-sm text-ink-soft">
              Still missing: {missing.join(', ')}.
            </p>
          )}
          {guide.called(account) && !baseOf(account).startsWith('https://') && (
            <p className="mb-5 rounded-card bg-attention-wash px-3 py-2 text-sm text-attention">
              {guide.provider} cannot call {baseOf(account) || 'this address'}. Start with{' '}
              <code className="font-mono text-xs">THROUGHLINE_PUBLIC_URL=https://…</code>, the address by which this
              server is reached from outside.
            </p>
          )}
        </>
      )}
      <ol className="space-y-6">
        {guide.steps.map((step, at) => (
          <Step key={step.title} number={at + 1} title={step.title} done={isDone(guide, step, account)}>
            <p className="text-sm text-ink-soft [&_a]:text-accent [&_a]:underline [&_a]:underline-offset-3 [&_em]:font-medium [&_em]:not-italic">
              {step.words}
            </p>
            {step.copies?.map((copy) => (
              <Copied key={copy} {...copied(copy, account)} />
            ))}
            {(step.secrets !== undefined || step.options !== undefined) && (
              <FieldsForm
                guide={guide}
                account={account}
                secrets={step.secrets ?? []}
                options={step.options ?? []}
                onSave={onSave}
              />
            )}
            {step.connect && (
              <ConnectButton
                account={account}
                busy={connect.isPending || connect.isSuccess}
                fault={connect.error}
                onConnect={() => connect.mutate()}
              />
            )}
          </Step>
        ))}
        <SayHello number={guide.steps.length + 1} account={account} how={guide.hello} />
      </ol>
    </div>
  )
}
