import { useStore } from './store.ts'
import { theme, THEMES } from './theme.ts'
import type { Theme } from './theme.ts'

const NAMES: Record<Theme, string> = { auto: 'as the system', light: 'light', dark: 'dark' }
const SIGNS: Record<Theme, string> = { auto: '◐', light: '☀', dark: '☾' }

/** One button that goes round: as the system, light, dark. */
export function ThemeSwitch() {
  const chosen = useStore(theme)
  const next = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length] ?? 'auto'
  return (
    <button
      type="button"
      class="button theme"
      title={`Colours: ${NAMES[chosen]}`}
      aria-label={`Colours: ${NAMES[chosen]}. Change to ${NAMES[next]}`}
      onClick={() => theme.set(next)}
    >
      <span aria-hidden="true">{SIGNS[chosen]}</span>
    </button>
  )
}
