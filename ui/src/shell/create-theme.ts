import { createSignal } from 'solid-js'

const storageKey = 'theme'
export type Theme = 'system' | 'light' | 'dark'

/** The theme: the system's until one is chosen. `public/theme.js` applies a chosen one before the first paint. */
export const createTheme = () => {
  const stored = localStorage.getItem(storageKey)
  const [theme, setTheme] = createSignal<Theme>(stored === 'light' || stored === 'dark' ? stored : 'system')
  return {
    theme,
    choose: (next: Theme) => {
      setTheme(next)
      if (next === 'system') {
        localStorage.removeItem(storageKey)
        delete document.documentElement.dataset['theme']
      } else {
        localStorage.setItem(storageKey, next)
        document.documentElement.dataset['theme'] = next
      }
    },
  }
}
