// Around every signed-in screen: the way past the header, the header itself, the keyboard sheet.
import { Cable, FlaskConical, MailX, MessagesSquare } from 'lucide-react'
import { type ReactNode, Suspense } from 'react'
import { useAbout, useSession } from '@/api/session'
import type { UserShown } from '@/api/shapes'
import type { Place } from '@/components/account-menu'
import { AppHeader } from '@/components/app-header'
import { KeyboardHelp, useHelpKey } from '@/components/keyboard-help'
import { later } from '@/components/later'
import { useWebSocket } from '@/features/chat/useWebSocket'
import { modelWords } from './model-words'
import { FAILED, MY_CHANNELS } from './places'

const AccountMenu = later(() => import('@/components/account-menu'))
const LostCount = later(() => import('@/features/lost/lost-count'))

export function Shell({ children }: { children: ReactNode }) {
  const { user, tenantName, signOut } = useSession()
  const { link } = useWebSocket()
  const { about } = useAbout()
  const [helpOpen, setHelpOpen] = useHelpKey()
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-small bg-accent px-4 py-2 text-sm font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the conversation
      </a>
      <div className="flex h-dvh flex-col overflow-hidden">
        <AppHeader
          tenant={tenantName ?? ''}
          model={modelWords(about)}
          link={link}
          waiting={
            user?.kind === 'member' && (
              <Suspense>
                <LostCount to={FAILED} />
              </Suspense>
            )
          }
          account={
            <Suspense fallback={<span aria-hidden="true" className="h-9 w-15 md:w-32" />}>
              <AccountMenu
                name={user?.name ?? ''}
                role={user?.role ?? ''}
                places={placesOf(user, about?.demo === true)}
                onHelp={() => setHelpOpen(true)}
                onSignOut={() => void signOut()}
              />
            </Suspense>
          }
        />
        {children}
      </div>
      <KeyboardHelp open={helpOpen} onOpenChange={setHelpOpen} member={user?.kind === 'member'} />
    </>
  )
}

/** Beside its place in the menu. */
function LostNumber() {
  return (
    <Suspense>
      <LostCount />
    </Suspense>
  )
}

/** The screens that this user may open, where they are built. */
function placesOf(user: UserShown | null, demo: boolean): Place[] {
  const role = user?.role
  const admin = role === 'admin' || role === 'owner'
  return [
    { to: '/', words: 'Conversations', icon: MessagesSquare },
    ...(user?.kind === 'person' ? [{ to: MY_CHANNELS, words: 'Channels', icon: Cable }] : []),
    ...(user?.kind === 'member'
      ? [{ to: FAILED, words: 'Did not get through', icon: MailX, count: <LostNumber /> }]
      : []),
    ...(demo ? [{ to: '/lab', words: 'Lab', icon: FlaskConical }] : []),
    ...(admin ? [{ to: '/admin/channels', words: 'Channels', icon: Cable }] : []),
  ]
}
