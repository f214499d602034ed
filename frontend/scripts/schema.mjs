/**
 * TypeScript types of the HTTP API, from an OpenAPI document.
 *
 *   node scripts/schema.mjs OPENAPI.json            writes src/api/schema.d.ts
 *   node scripts/schema.mjs OPENAPI.json --check    fails if that file would change
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'

const [source, mode] = process.argv.slice(2)
if (!source) {
  console.error('usage: node scripts/schema.mjs OPENAPI.json [--check]')
  process.exit(2)
}
const target = new URL('../src/api/schema.d.ts', import.meta.url)
const header = '/** Generated from openapi.json by scripts/schema.mjs. Do not edit. */\n\n'
const types =
  header + astToString(await openapiTS(JSON.parse(readFileSync(source, 'utf8')), { defaultNonNullable: false }))

if (mode === '--check') {
  let kept = ''
  try {
    kept = readFileSync(target, 'utf8')
  } catch {
    // Not there: that is a difference too.
  }
  if (kept !== types) {
    console.error('src/api/schema.d.ts is not what openapi.json says: run `node scripts/schema.mjs OPENAPI.json`')
    process.exit(1)
  }
} else {
  writeFileSync(target, types)
}
