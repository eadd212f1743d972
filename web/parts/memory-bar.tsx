import { Size } from './size.tsx'

interface MemoryBarProps {
  usageBytes: number | null
  limitBytes: number
  /** Of the limit; null: not known. */
  percent: number | null
  danger: 'at-limit' | 'soon' | 'near' | 'none'
  /** What else there is to say of the limit. */
  note?: string
}

/** What is in use of a limit, as a bar and in figures. */
export function MemoryBar({ usageBytes, limitBytes, percent, danger, note = '' }: MemoryBarProps) {
  return (
    <span class="usage">
      <span class="bar" aria-hidden="true">
        <span
          class={`bar-fill bar-danger-${danger}`}
          style={{ width: `${Math.min(100, percent ?? 0)}%` }}
        />
      </span>
      <span class="usage-words">
        <Size bytes={usageBytes} /> <span class="faint">of</span> <Size bytes={limitBytes} />
        <span class="faint">
          {percent === null ? '' : ` ${Math.round(percent)} %`}
          {note}
        </span>
      </span>
    </span>
  )
}
