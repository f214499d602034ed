// An address that leads nowhere.
import { Link } from 'react-router'
import { Logo } from '@/components/logo'
import { Button } from '@/components/ui/button'

export default function NotFound() {
  return (
    <main id="main" tabIndex={-1} className="grid min-h-dvh place-items-center p-6">
      <div className="max-w-sm text-center">
        <Logo className="mx-auto h-12 w-auto" />
        <h1 className="mt-6 text-lg font-semibold">The line does not lead here</h1>
        <p className="mt-2 text-base text-ink-soft">The address is wrong, or what was here is gone.</p>
        <Button look="accent" className="mt-6" asChild>
          <Link to="/">To your conversations</Link>
        </Button>
      </div>
    </main>
  )
}
