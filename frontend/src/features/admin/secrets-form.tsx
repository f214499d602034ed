// Secrets go in here and never come out: a field is empty again as soon as it is saved.
import { Check, CircleDashed } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import type { AccountShown } from '@/api/shapes'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { type SecretWords, secretWords } from './words'
import { Wrong } from './wrong'

interface SecretsFormProps {
  secrets: AccountShown['secrets']
  /** Saves what was written; rejects where it is refused. */
  onSave: (secrets: Record<string, string>) => Promise<unknown>
}

export function SecretsForm({ secrets, onSave }: SecretsFormProps) {
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({})
  const [saving, setSaving] = useState(false)
  const [saved, setSaved] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const filled = Object.fromEntries(Object.entries(written).filter(([, value]) => value.trim() !== ''))
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (Object.keys(filled).length === 0 || saving) return
    setFault(null)
    setSaved(false)
    setSaving(true)
    try {
      await onSave(filled)
      setWritten({})
      setSaved(true)
    } catch (thrown) {
      setFault(thrown)
    } finally {
      setSaving(false)
    }
  }
  return (
    <form data-slot="secrets" className="space-y-4" onSubmit={(event) => void save(event)} autoComplete="off">
      {secrets.map((secret) => (
        <SecretField
          key={secret.name}
          name={secret.name}
          set={secret.set}
          value={written[secret.name] ?? ''}
          onValue={(value) => {
            setSaved(false)
            setWritten((now) => ({ ...now, [secret.name]: value }))
          }}
        />
      ))}
      <Wrong fault={fault} />
      <div className="flex items-center gap-3">
        <Button type="submit" disabled={Object.keys(filled).length === 0 || saving}>
          {saving ? 'Saving' : 'Save secrets'}
        </Button>
        <span role="status" className="text-xs text-ink-soft">
          {saved ? 'Saved and sealed.' : ''}
        </span>
      </div>
    </form>
  )
}

interface SecretFieldProps {
  name: string
  set: boolean
  value: string
  onValue: (value: string) => void
  /** What it is called, and where it is found; else what is known of the name. */
  words?: SecretWords
}

export function SecretField({ name, set, value, onValue, words: given }: SecretFieldProps) {
  const id = useId()
  const { words, where } = given ?? secretWords(name)
  return (
    <div>
      <div className="flex flex-wrap items-center justify-between gap-x-3">
        <label htmlFor={id} className="text-sm font-medium">
          {words}
        </label>
        <span
          data-slot="secret-state"
          data-state={set ? 'set' : 'not-set'}
          className="inline-flex items-center gap-1 text-xs text-ink-soft"
        >
          {set ? (
            <Check aria-hidden="true" className="size-3.5 text-ok" />
          ) : (
            <CircleDashed aria-hidden="true" className="size-3.5" />
          )}
          {set ? 'Set' : 'Not set'}
        </span>
      </div>
      <Input
        id={id}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        maxLength={512}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        placeholder={set ? 'Write a new one to replace it' : ''}
        aria-describedby={where === '' ? undefined : `${id}-where`}
        className="mt-1 font-mono"
      />
      {where !== '' && (
        <p id={`${id}-where`} className="mt-1 text-xs text-ink-soft">
          {where}
        </p>
      )}
    </div>
  )
}
