// Secrets and options of one step together. Secrets go in and never come out; options stand in their fields.
import { Dices } from 'lucide-react'
import { type FormEvent, useId, useState } from 'react'
import type { AccountAsked, AccountShown } from '@/api/shapes'
import { Button } from '@/components/ui/button'
import { Choice } from '@/components/ui/choice'
import { Input } from '@/components/ui/input'
import { Textarea } from '@/components/ui/textarea'
import { type Field, type Guide, madeUp } from './guides/guide'
import { SecretField } from './secrets-form'
import { Copied } from './step'
import { Wrong } from './wrong'

interface FieldsFormProps {
  guide: Guide
  account: AccountShown
  secrets?: readonly string[]
  options?: readonly string[]
  /** What the button says. */
  action?: string
  /** Saves what was changed; rejects where it is refused. */
  onSave: (asked: AccountAsked) => Promise<unknown>
}

type Written = Readonly<Record<string, string>>

export function FieldsForm({ guide, account, secrets = [], options = [], action = 'Save', onSave }: FieldsFormProps) {
  const [hidden, setHidden] = useState<Written>({})
  const [open, setOpen] = useState<Written>({})
  const [made, setMade] = useState<Written>({})
  const [state, setState] = useState<'idle' | 'saving' | 'saved'>('idle')
  const [fault, setFault] = useState<unknown>(null)
  const filled = Object.fromEntries(Object.entries(hidden).filter(([, value]) => value.trim() !== ''))
  const changed = Object.fromEntries(
    Object.entries(open).filter(([name, value]) => value.trim() !== (account.options[name] ?? '')),
  )
  const nothing = Object.keys(filled).length === 0 && Object.keys(changed).length === 0
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (nothing || state === 'saving') return
    setFault(null)
    setState('saving')
    try {
      await onSave({ secrets: filled, options: changed })
      setHidden({})
      setOpen({})
      setState('saved')
    } catch (thrown) {
      setFault(thrown)
      setState('idle')
    }
  }
  const edited = () => setState((now) => (now === 'saved' ? 'idle' : now))
  return (
    <form data-slot="fields" className="space-y-4" onSubmit={(event) => void save(event)} autoComplete="off">
      {options.map((name) => {
        const field = guide.options[name]
        return field === undefined ? null : (
          <OptionField
            key={name}
            field={field}
            value={open[name] ?? account.options[name] ?? ''}
            onValue={(value) => {
              edited()
              setOpen((now) => ({ ...now, [name]: value }))
            }}
          />
        )
      })}
      {secrets.map((name) => {
        const field = guide.secrets[name]
        const known = account.secrets.find((secret) => secret.name === name)
        if (field === undefined || known === undefined) return null
        const write = (value: string) => {
          edited()
          setHidden((now) => ({ ...now, [name]: value }))
        }
        return (
          <div key={name} className="space-y-2">
            <SecretField
              name={name}
              set={known.set}
              words={{ words: field.label, where: field.help }}
              value={hidden[name] ?? ''}
              onValue={write}
            />
            {field.made && (
              <Button
                size="small"
                className="max-sm:h-11"
                onClick={() => {
                  const word = madeUp()
                  setMade((now) => ({ ...now, [name]: word }))
                  write(word)
                }}
              >
                <Dices aria-hidden="true" />
                Make one up
              </Button>
            )}
            {made[name] !== undefined && (
              <div className="space-y-1">
                <Copied
                  label={`${field.label}, made up now`}
                  text={made[name]}
                  what={`the ${field.label.toLowerCase()}`}
                />
                <p className="text-xs text-ink-soft">
                  Copy it now: it is shown until you leave this page, never again.
                </p>
              </div>
            )}
          </div>
        )
      })}
      <Wrong fault={fault} />
      <div className="flex items-center gap-3">
        <Button type="submit" className="max-sm:h-11" disabled={nothing || state === 'saving'}>
          {state === 'saving' ? 'Saving' : action}
        </Button>
        <span role="status" className="text-xs text-ink-soft">
          {state === 'saved' ? (secrets.length > 0 ? 'Saved and sealed.' : 'Saved.') : ''}
        </span>
      </div>
    </form>
  )
}

function OptionField({ field, value, onValue }: { field: Field; value: string; onValue: (value: string) => void }) {
  const id = useId()
  const shared = {
    id,
    value,
    'aria-describedby': field.help === '' && field.example === undefined ? undefined : `${id}-help`,
  }
  return (
    <div>
      <label htmlFor={id} className="text-sm font-medium">
        {field.label}
      </label>
      {field.choices !== undefined ? (
        <Choice
          {...shared}
          value={value === '' ? field.choices[0]?.[0] : value}
          onChange={(event) => onValue(event.target.value)}
          className="mt-1 block h-10 w-full px-2.5 text-sm sm:max-w-sm"
        >
          {field.choices.map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </Choice>
      ) : field.long ? (
        <Textarea
          {...shared}
          rows={2}
          maxLength={512}
          onChange={(event) => onValue(event.target.value.replaceAll('\n', ' '))}
          className="mt-1 rounded-small bg-raised px-3 py-2 shadow-[inset_0_0_0_1px_var(--edge)] sm:text-sm"
        />
      ) : (
        <Input
          {...shared}
          maxLength={512}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onValue(event.target.value)}
          className="mt-1"
        />
      )}
      {(field.help !== '' || field.example !== undefined) && (
        <p id={`${id}-help`} className="mt-1 text-xs text-ink-soft [overflow-wrap:anywhere]">
          {field.help}
          {field.example !== undefined && (
            <>
              {' '}
              For example <code className="font-mono">{field.example}</code>
            </>
          )}
        </p>
      )}
    </div>
  )
}
