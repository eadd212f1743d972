import type { ComponentChildren } from 'preact'

/** What an item means, smaller, below its name. */
export function Note({ children }: { children: ComponentChildren }) {
  return <span class="note">{children}</span>
}
