import type { ComponentChildren } from 'preact'

/** A chapter of the story: a region that a screen reader can jump to, and that an address can name. */
export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section class="chapter" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {lead === undefined ? null : <p class="chapter-lead">{lead}</p>}
      {children}
    </section>
  )
}

interface SectionProps {
  id: string
  title: string
  lead?: string | undefined
  children: ComponentChildren
}
