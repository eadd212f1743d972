import { Ago, Time } from './time.tsx'

/** When it happened, the last cell of a row. @param at in milliseconds */
export function WhenCell({ at, label }: { at: number; label: string }) {
  return (
    <td class="number when" data-label={label}>
      <Time at={at} />
      <span class="faint ago">
        <Ago at={at} />
      </span>
    </td>
  )
}
