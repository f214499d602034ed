// What an account is called here: two workspaces must be told apart.
import { type FormEvent, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Wrong } from './wrong'

export function NameForm({ name, onSave }: { name: string; onSave: (name: string) => Promise<unknown> }) {
  const id = useId()
  const [written, setWritten] = useState<string | null>(null)
  const [fault, setFault] = useState<unknown>(null)
  const wanted = written?.trim() ?? name
  const save = async (event: FormEvent) => {
    event.preventDefault()
    if (wanted === '' || wanted === name) return
    setFault(null)
    try {
      await onSave(wanted)
      setWritten(null)
    } catch (thrown) {
      setFault(thrown)
    }
  }
  return (
    <form className="space-y-2" onSubmit={(event) => void save(event)}>
      <label htmlFor={id} className="text-xs text-ink-soft">
        Name
      </label>
      <div className="flex gap-2">
        <Input id={id} maxLength={100} value={written ?? name} onChange={(event) => setWritten(event.target.value)} />
        <Button type="submit" className="h-10" disabled={wanted === '' || wanted === name}>
          Rename
        </Button>
      </div>
      <Wrong fault={fault} />
    </form>
  )
}
