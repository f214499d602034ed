// The empty place before a first message: one line of what this is, and three questions that lead somewhere.
import { ArrowRight } from 'lucide-react'
import { Logo } from '@/components/logo'

export const FIRST_QUESTIONS = [
  'What happens to my conversation when I move to another channel?',
  'What is safe once a message says “Sent”?',
  'Show me how an answer reaches a browser, step by step',
] as const

export function Welcome({ name, onAsk }: { name: string; onAsk: (question: string) => void }) {
  return (
    <div className="measure mx-auto w-full px-4 pt-12 pb-8 pl-[calc(var(--gutter)+1rem)] sm:pt-20">
      <Logo className="h-12 w-auto" />
      <h1 className="mt-6 text-xl font-semibold tracking-tight text-balance">Good to see you, {name.split(' ')[0]}</h1>
      <p className="mt-2 text-base text-ink-soft text-pretty">
        Ask anything below. The answer comes as it is written, and the conversation stays one line, wherever you pick it
        up again.
      </p>
      <h2 className="mt-8 text-sm font-medium text-ink-soft">To begin with</h2>
      <ul className="mt-2 border-t">
        {FIRST_QUESTIONS.map((question) => (
          <li key={question} className="border-b">
            <button
              type="button"
              onClick={() => onAsk(question)}
              className="group flex w-full items-center gap-3 rounded-small px-2 py-3 text-left text-base transition-colors duration-(--quick) hover:bg-hover"
            >
              <span className="flex-1">{question}</span>
              <ArrowRight aria-hidden="true" className="size-4 shrink-0 text-ink-faint group-hover:text-accent" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
