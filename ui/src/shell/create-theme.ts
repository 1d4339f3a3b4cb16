import Moon from 'lucide-solid/icons/moon'
import Sun from 'lucide-solid/icons/sun'
import SunMoon from 'lucide-solid/icons/sun-moon'
import { createSignal } from 'solid-js'

const storageKey = 'theme'
type Theme = 'system' | 'light' | 'dark'

export const themes: readonly { theme: Theme; name: string; icon: typeof Sun }[] = [
  { theme: 'system', name: 'System', icon: SunMoon },
  { theme: 'light', name: 'Light', icon: Sun },
  { theme: 'dark', name: 'Dark', icon: Moon },
]

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

export type ThemeChoice = ReturnType<typeof createTheme>
