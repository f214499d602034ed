/** Which model answers, said plainly. */

import type { About } from '@/api/shapes'

export function modelWords(about: About | undefined): string {
  if (about === undefined) return ''
  return about.model?.label ?? 'No model is set up'
}
