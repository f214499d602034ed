// Copies text and says so, for two seconds, where the hand is.
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'

export function CopyButton({ text, what, className }: { text: string; what: string; className?: string }) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null)
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), 2_000)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    )
  return (
    <Button look="quiet" size="small" className={className} aria-label={`Copy ${what}`} onClick={copy}>
      {outcome === 'copied' ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      <span aria-hidden="true">
        {outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Select it and press Ctrl C' : 'Copy'}
      </span>
    </Button>
  )
}
