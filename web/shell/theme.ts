import { createStore } from './store.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'stella-theme'

/** What was chosen; `auto` follows the system. */
export const theme = createStore<Theme>(kept())
/** Counts up whenever colours change: canvases are drawn again. */
export const coloursChanged = createStore(0)

export function startTheme(): void {
  apply(theme.get())
  theme.subscribe(() => apply(theme.get()))
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tellColours)
}

function apply(chosen: Theme): void {
  if (chosen === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = chosen
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // A browser that keeps nothing still shows it for as long as the page is open.
  }
  tellColours()
}

function tellColours(): void {
  coloursChanged.set(coloursChanged.get() + 1)
}

function kept(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return THEMES.find((theme) => theme === value) ?? 'auto'
  } catch {
    return 'auto'
  }
}

/** A colour of the style sheet as a canvas takes it. */
export function colourOf(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
