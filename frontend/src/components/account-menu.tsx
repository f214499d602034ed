// Who is signed in, how it looks, how it sounds, and the way out.
import { ChevronDown, Keyboard, LogOut } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import { Link } from 'react-router'
import { Button } from '@/components/ui/button'
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/dropdown-menu'
import { type Theme, usePreference } from '@/lib/preferences'

/** Another screen that this user may open. */
export interface Place {
  to: string
  words: string
  icon: ComponentType<{ 'aria-hidden': 'true' }>
  /** What waits there. */
  count?: ReactNode
}

interface AccountMenuProps {
  name: string
  role: string
  places: readonly Place[]
  onHelp: () => void
  onSignOut: () => void
}

export default function AccountMenu({ name, role, places, onHelp, onSignOut }: AccountMenuProps) {
  const [theme, setTheme] = usePreference('theme')
  const [wholeAnswers, setWholeAnswers] = usePreference('wholeAnswers')
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button look="quiet" className="min-w-0 px-2">
          <span
            aria-hidden="true"
            className="grid size-6 shrink-0 place-items-center rounded-full bg-tint text-xs font-semibold text-accent"
          >
            {initial(name)}
          </span>
          <span className="max-w-40 truncate max-md:sr-only">
            <span className="sr-only">Account: </span>
            {name}
          </span>
          <ChevronDown aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <div className="px-3 pt-2 pb-1">
          <p className="text-sm font-medium">{name}</p>
          <p className="text-xs text-ink-soft">Signed in as {role}</p>
        </div>
        <DropdownMenuSeparator />
        {places.map(({ to, words, icon: Icon, count }) => (
          <DropdownMenuItem key={to} asChild>
            <Link to={to}>
              <Icon aria-hidden="true" />
              {words}
              {count}
            </Link>
          </DropdownMenuItem>
        ))}
        {places.length > 0 && <DropdownMenuSeparator />}
        <DropdownMenuLabel>Appearance</DropdownMenuLabel>
        <DropdownMenuRadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
          <DropdownMenuRadioItem value="system">As the system</DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="light">Light</DropdownMenuRadioItem>
          <DropdownMenuRadioItem value="dark">Dark</DropdownMenuRadioItem>
        </DropdownMenuRadioGroup>
        <DropdownMenuSeparator />
        <DropdownMenuLabel>Screen readers</DropdownMenuLabel>
        <DropdownMenuCheckboxItem checked={wholeAnswers} onCheckedChange={(value) => setWholeAnswers(value === true)}>
          Announce whole answers only
        </DropdownMenuCheckboxItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={onHelp}>
          <Keyboard aria-hidden="true" />
          Keyboard
          <kbd className="ml-auto pl-4 font-sans text-xs text-ink-soft">?</kbd>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={onSignOut}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  )
}

function initial(name: string): string {
  return (name.trim()[0] ?? '?').toUpperCase()
}
