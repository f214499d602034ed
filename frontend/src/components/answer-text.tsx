// An answer's words: as a page once the markdown reader is here, as plain words if it cannot come (the link may be
// gone when the first answer is shown). Until then their room is kept: marks that flash by would be read as the answer.
// The reader is fetched when the browser has nothing to do.
import { Component, lazy, type ReactNode, Suspense } from 'react'

const load = () => import('@/components/markdown')
const Markdown = lazy(load)

/** Fetch the reader ahead of the first answer. A failure is met again, and shown as plain words, where it is used. */
export function prepareAnswers(): void {
  const later = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 200))
  later(() => void load().catch(() => undefined))
}

export function AnswerText({ text, streaming }: { text: string; streaming: boolean }) {
  const plain = <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{text}</p>
  const room = <div className="invisible">{plain}</div>
  return (
    <OrPlain plain={plain}>
      <Suspense fallback={streaming ? null : room}>
        <Markdown text={text} streaming={streaming} />
      </Suspense>
    </OrPlain>
  )
}

class OrPlain extends Component<{ plain: ReactNode; children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? this.props.plain : this.props.children
  }
}
