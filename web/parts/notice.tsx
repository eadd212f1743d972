import type { ComponentChildren } from 'preact'

/** Something that stands in the place of what one came for: nothing there, an error, a wait. */
export function Notice({ title, tone = 'plain', children }: NoticeProps) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <p class="notice-title">{title}</p>
      {children}
    </div>
  )
}

interface NoticeProps {
  title: string
  tone?: 'plain' | 'bad' | 'good'
  children?: ComponentChildren
}
