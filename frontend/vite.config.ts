import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const backend = process.env.THROUGHLINE_ORIGIN ?? 'http://127.0.0.1:8000'
const proxied = { target: backend, ws: true }

/** A .gz beside every file that gains from it. Not the page itself: the server writes a nonce into each copy. */
function precompressed(): Plugin {
  const squeeze = promisify(gzip)
  return {
    name: 'precompressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        for (const [name, file] of Object.entries(bundle)) {
          if (!/\.(js|css|svg)$/.test(name)) continue
          const plain = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          const small = await squeeze(plain, { level: constants.Z_BEST_COMPRESSION })
          if (plain.length > 1024 && small.length < plain.length * 0.9) {
            this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: small })
          }
        }
      },
    },
  }
}

export default defineConfig({
  plugins: [react(), tailwindcss(), precompressed()],
  resolve: { alias: { '@': `${import.meta.dirname}/src` } },
  // The server puts a fresh nonce in place of this word with every page.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: 'es2022',
  },
  server: {
    // Below `/lab/` is the stand-ins' data; `/lab` itself is a screen of ours.
    proxy: { '/api': proxied, '/files': proxied, '/docs': proxied, '/openapi.json': proxied, '^/lab/.+': proxied },
  },
  test: {
    environment: 'happy-dom',
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    // No claim about speed: a machine may have much else to do.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
