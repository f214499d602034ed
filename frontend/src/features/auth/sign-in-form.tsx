// Sign in: one click in demo mode, or an address and a password. A refusal says no more than that it was refused.
import { ArrowRight, CircleAlert } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import { Alert } from '@/components/ui/alert'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'

export interface Identity {
  email: string
  name: string
  role: string
}

interface SignInFormProps {
  /** Empty outside demo mode: then nothing of the demo is in the document. */
  identities: readonly Identity[]
  onSignIn: (email: string, password: string) => Promise<void>
  /** What to say about a refusal, in plain words. */
  explain: (failure: unknown) => string
}

/** Demo users share this one; the server makes them on loopback only. */
const DEMO_PASSWORD = 'demo'

const PURPOSES: Readonly<Record<string, { label: string; does: string }>> = {
  customer: { label: 'Customer', does: 'Ask, and watch the answer come' },
  operator: { label: 'Operator', does: 'See the conversations of the house' },
  admin: { label: 'Admin', does: 'The same, with every right' },
}

export function SignInForm({ identities, onSignIn, explain }: SignInFormProps) {
  const ids = { email: useId(), password: useId() }
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string | null>(null)

  const signIn = async (as: string, secret: string) => {
    if (busy) return
    setBusy(true)
    setTrouble(null)
    try {
      await onSignIn(as, secret)
    } catch (failure) {
      setTrouble(explain(failure))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void signIn(email, password)
  }

  return (
    <div className="w-full max-w-sm">
      {trouble && (
        <Alert className="mb-6">
          <CircleAlert aria-hidden="true" />
          <span>{trouble}</span>
        </Alert>
      )}
      {identities.length > 0 && (
        <section aria-labelledby={`${ids.email}-demo`} className="mb-8">
          <h2 id={`${ids.email}-demo`} className="text-sm font-medium">
            Look around as
          </h2>
          <ul className="mt-2 overflow-hidden rounded-card bg-raised ring-1 ring-hairline">
            {identities.map((identity) => (
              <li key={identity.email} className="border-b last:border-b-0">
                <button
                  type="button"
                  disabled={busy}
                  onClick={() => signIn(identity.email, DEMO_PASSWORD)}
                  className="group flex w-full items-center gap-3 rounded-card px-4 py-3 text-left -outline-offset-2 transition-colors duration-(--quick) hover:bg-hover"
                >
                  <span className="min-w-0 flex-1">
                    <span className="block text-base font-medium">
                      {PURPOSES[identity.role]?.label ?? identity.name}
                    </span>
                    <span className="block text-xs text-ink-soft">
                      {identity.name}. {PURPOSES[identity.role]?.does ?? identity.email}
                    </span>
                  </span>
                  <ArrowRight aria-hidden="true" className="size-4 shrink-0 text-ink-faint group-hover:text-accent" />
                </button>
              </li>
            ))}
          </ul>
          <p className="mt-2 text-xs text-ink-soft">Demo data, nothing leaves this machine.</p>
        </section>
      )}
      <form onSubmit={submit} className="space-y-4">
        <h2 className="text-sm font-medium">
          {identities.length > 0 ? 'Or with an address and a password' : 'With your address and password'}
        </h2>
        <div>
          <label htmlFor={ids.email} className="mb-1 block text-xs text-ink-soft">
            E-mail
          </label>
          <Input
            id={ids.email}
            name="email"
            type="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </div>
        <div>
          <label htmlFor={ids.password} className="mb-1 block text-xs text-ink-soft">
            Password
          </label>
          <Input
            id={ids.password}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </div>
        <Button type="submit" look="accent" size="large" className="w-full" aria-disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </div>
  )
}
