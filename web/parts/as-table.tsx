import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'

interface AsTableProps {
  /** Of the picture. */
  title: string
  /** A table with hundreds of rows is made when somebody opens it, and not before. */
  children(): ComponentChildren
}

/** A picture once more, for whoever reads figures one by one. */
export function AsTable({ title, children }: AsTableProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="evidence" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table</summary>
      {isOpen ? (
        <div
          class="scroll scroll-high"
          tabIndex={0}
          role="region"
          aria-label={`${title}, as a table`}
        >
          {children()}
        </div>
      ) : null}
    </details>
  )
}
