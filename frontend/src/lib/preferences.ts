// What a person chose for this browser: kept in its storage, shared by all tabs, read without flashes by theme.js.
import { useCallback, useSyncExternalStore } from 'react'

export type Theme = 'system' | 'light' | 'dark'

interface Preferences {
  theme: Theme
  /** Screen readers hear an answer once, when it is whole. */
  wholeAnswers: boolean
}

const DEFAULTS: Preferences = { theme: 'system', wholeAnswers: false }
const listeners = new Set<() => void>()

export function readPreference<K extends keyof Preferences>(name: K): Preferences[K] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(`throughline.${name}`) ?? 'null')
    return typeof kept === typeof DEFAULTS[name] ? (kept as Preferences[K]) : DEFAULTS[name]
  } catch {
    return DEFAULTS[name]
  }
}

export function writePreference<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
  try {
    localStorage.setItem(`throughline.${name}`, JSON.stringify(value))
  } catch {
    // Private windows may refuse storage; the choice then lasts as long as the page.
  }
  if (name === 'theme') showTheme(value as Theme)
  for (const listener of listeners) listener()
}

/** A preference and its setter. Another tab's change arrives here too. */
export function usePreference<K extends keyof Preferences>(name: K): [Preferences[K], (value: Preferences[K]) => void] {
  const value = useSyncExternalStore(subscribe, () => readPreference(name))
  return [value, useCallback((next: Preferences[K]) => writePreference(name, next), [name])]
}

function subscribe(listener: () => void): () => void {
  const elsewhere = (event: StorageEvent) => {
    if (event.key === 'throughline.theme') showTheme(readPreference('theme'))
    listener()
  }
  listeners.add(listener)
  window.addEventListener('storage', elsewhere)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('storage', elsewhere)
  }
}

function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}
