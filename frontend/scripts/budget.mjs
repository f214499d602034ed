/** What opening a conversation loads first, gzipped: the entry, its screen, and all they import. Over the budget, it fails. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 200
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const wanted = new Set()
/** A chunk and all it imports statically. */
function take(key) {
  const chunk = manifest[key]
  if (!chunk || wanted.has(key)) return
  wanted.add(key)
  for (const next of chunk.imports ?? []) take(next)
}
const size = () =>
  [...wanted].reduce(
    (sum, key) => sum + gzipSync(readFileSync(new URL(manifest[key].file, dist)), { level: 9 }).length,
    0,
  )

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
take(entry)
const first = size() / 1000
take('src/app/routes/chat.tsx')
if (!manifest['src/app/routes/chat.tsx']) throw new Error('the chat screen is not in the manifest')
const chat = size() / 1000

const line = `web client  ${chat.toFixed(0)} kB gzipped (budget ${BUDGET_KB}); entry alone ${first.toFixed(0)} kB`
if (!(chat > 0) || chat > BUDGET_KB) {
  console.error(`${line}: over the budget`)
  process.exit(1)
}
console.log(line)
