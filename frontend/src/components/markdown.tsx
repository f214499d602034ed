// An answer as a page. Settled blocks keep their elements while the last one grows; nothing in it can act:
// raw HTML stays text, only plain web and mail links lead anywhere, and pictures from elsewhere are not loaded.
import { memo } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { CopyButton } from '@/components/copy-button'
import { ExternalLink } from '@/components/external-link'
import { cutBlocks } from '@/lib/blocks'
import { readLink } from '@/lib/links'
import { settle } from '@/lib/markdown'

const PLUGINS = [remarkGfm]

const COMPONENTS: Components = {
  a: ({ href, children }) => <ExternalLink href={href}>{children}</ExternalLink>,
  img: ({ src, alt }) => <Picture src={typeof src === 'string' ? src : undefined} alt={alt ?? ''} />,
  pre: ({ node, children }) => {
    const code = node?.children[0]
    const classes = code?.type === 'element' ? code.properties.className : undefined
    const language = Array.isArray(classes) ? String(classes[0] ?? '').replace('language-', '') : ''
    const first = code?.type === 'element' ? code.children[0] : undefined
    const text = first?.type === 'text' ? first.value : ''
    return (
      <figure className="overflow-hidden rounded-card bg-sunk ring-1 ring-hairline">
        <figcaption className="flex h-8 items-center justify-between pr-1 pl-3 text-xs text-ink-soft">
          <span>{language || 'text'}</span>
          <CopyButton text={text} what="code" />
        </figcaption>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide block scrolls, and the keyboard must reach it */}
        <pre tabIndex={0} className="overflow-x-auto px-3 pt-1 pb-3 font-mono text-sm leading-5">
          {children}
        </pre>
      </figure>
    )
  },
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, and the keyboard must reach it
    <section className="overflow-x-auto" tabIndex={0} aria-label="Table">
      <table>{children}</table>
    </section>
  ),
}

function Picture({ src, alt }: { src: string | undefined; alt: string }) {
  const from = readLink(src, window.location.origin)
  if (from.kind === 'here') return <img src={from.path} alt={alt} className="max-w-full rounded-card" />
  const label = `Picture${alt ? `: ${alt}` : ''}`
  if (from.kind === 'inert') return <span>{label}</span>
  return <ExternalLink href={from.href}>{`${label} (${from.host})`}</ExternalLink>
}

const Block = memo(function Block({ text }: { text: string }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
      {text}
    </ReactMarkdown>
  )
})

export default function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  return (
    <div className="prose">
      {cutBlocks(settle(text, streaming)).map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks only ever grow at the end
        <Block key={at} text={block} />
      ))}
    </div>
  )
}
