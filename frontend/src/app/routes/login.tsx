// `/login`: who are you? Afterwards the address that was asked for opens.
import { Navigate, useSearchParams } from 'react-router'
import { ApiFault } from '@/api/http'
import { useAbout, useSession } from '@/api/session'
import { Trouble } from '@/components/loading-states'
import { Wordmark } from '@/components/logo'
import { SignInForm } from '@/features/auth/sign-in-form'
import { modelWords } from '../model-words'

export default function Login() {
  const { status, signIn } = useSession()
  const { about, error, refetch } = useAbout()
  const [search] = useSearchParams()
  if (status === 'in') return <Navigate replace to={inside(search.get('to'))} />
  return (
    <main className="flex min-h-dvh flex-col items-center px-6 py-12 sm:justify-center">
      <div className="w-full max-w-sm">
        <Wordmark className="text-lg" />
        <h1 className="mt-8 mb-8 text-xl font-semibold tracking-tight text-balance">
          One conversation, every channel, live.
        </h1>
        {error && !about && <Trouble words="The server does not answer." onRetry={() => void refetch()} />}
        <SignInForm identities={about?.demo_users ?? []} onSignIn={signIn} explain={explain} />
        {about && (
          <p className="mt-8 border-t pt-4 text-xs text-ink-soft">
            {modelWords(about)} · Throughline {about.version}
          </p>
        )}
      </div>
    </main>
  )
}

/** Only an address within this place: a full one could lead anywhere. */
function inside(wanted: string | null): string {
  return wanted !== null && /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}

function explain(failure: unknown): string {
  if (!(failure instanceof ApiFault)) return 'Signing in did not work. Please try again.'
  if (failure.code === 'unreachable') return 'The server does not answer. Please try again in a moment.'
  if (failure.status === 429) return `Too many attempts. Please try again in ${Math.ceil(failure.retryAfter ?? 60)} s.`
  if (failure.status === 401 || failure.status === 400) return 'That address and password do not fit together.'
  return `Signing in did not work. If it stays, quote ${failure.requestId ?? failure.code}.`
}
