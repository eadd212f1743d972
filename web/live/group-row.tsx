import { formatBytes } from '../../src/model/bytes.ts'
import { printable } from '../../src/report/printable.ts'
import type { GroupDocument } from '../../src/server/contract.ts'
import { MemoryBar } from '../parts/memory-bar.tsx'
import { Size } from '../parts/size.tsx'
import { span, spanBetween } from '../words/time.ts'
import { dangerOf, isOnlyUnderMachine } from './danger.ts'
import type { Danger } from './danger.ts'
import { GroupCourse } from './group-course.tsx'
import { Sparkline } from './sparkline.tsx'

const DANGER_WORDS: Record<Danger, string | null> = {
  'at-limit': 'at its limit',
  soon: 'there within the hour',
  near: 'near its limit',
  none: null,
}
const COLUMNS = 6

interface GroupRowProps {
  group: GroupDocument
  isOpen: boolean
  onToggle(isOpen: boolean): void
}

export function GroupRow({ group, isOpen, onToggle }: GroupRowProps) {
  const danger = dangerOf(group)
  const word = group.removed ? 'removed' : DANGER_WORDS[danger]
  return (
    <>
      <tr class={`group group-${group.removed ? 'removed' : danger}`}>
        <td class="group-name">
          <button
            type="button"
            class="group-button"
            aria-expanded={isOpen}
            onClick={() => onToggle(!isOpen)}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && isOpen) onToggle(false)
            }}
          >
            <span class="chevron" aria-hidden="true" />
            <span class="group-title">
              {group.path === '/' ? 'The machine' : printable(group.name)}
            </span>
          </button>
          {word === null ? null : <span class={`badge badge-${danger}`}>{word}</span>}
        </td>
        <td data-label="In use">
          <Usage group={group} danger={danger} />
        </td>
        <td class="group-spark">
          <Sparkline path={group.path} />
        </td>
        <td class="number" data-label="Growth">
          {growthWords(group.growthBytesPerMinute)}
        </td>
        <td class="number" data-label="Pressure">
          <Pressure group={group} />
        </td>
        <td class="number" data-label="Until the limit">
          {timeLeftWords(group)}
        </td>
      </tr>
      {isOpen ? (
        <tr class="group-open">
          <td colSpan={COLUMNS}>
            <GroupCourse group={group} />
          </td>
        </tr>
      ) : null}
    </>
  )
}

function Usage({ group, danger }: { group: GroupDocument; danger: Danger }) {
  const { limit, percent, usageBytes } = group
  if (limit === null || isOnlyUnderMachine(group)) {
    return (
      <span class="usage">
        <span class="usage-words">
          <Size bytes={usageBytes} /> <span class="faint">no limit of its own</span>
        </span>
      </span>
    )
  }
  return (
    <MemoryBar
      usageBytes={usageBytes}
      limitBytes={limit.bytes}
      percent={percent}
      danger={danger}
      note={limit.scope === 'ancestor' ? ', a limit above it' : ''}
    />
  )
}

function Pressure({ group }: { group: GroupDocument }) {
  const some = group.pressure?.someAvg10 ?? null
  if (some !== null) {
    return (
      <span title="Share of the last ten seconds in which a task waited for memory">
        {some.toFixed(1)} %
      </span>
    )
  }
  const hits = group.limitHitsPerSecond
  // cgroup v1 tells no pressure; how often the limit is reached is the nearest thing.
  if (hits === null || hits === 0) return <span class="faint">–</span>
  return (
    <span title="How often its limit is reached">
      {hits < 10 ? hits.toFixed(1) : Math.round(hits)} hits/s
    </span>
  )
}

/** Less than this in a minute is noise. */
const LEAST_GROWTH = 64 * 1024

function growthWords(bytesPerMinute: number | null) {
  if (bytesPerMinute === null) return <span class="faint">not known yet</span>
  if (Math.abs(bytesPerMinute) < LEAST_GROWTH) return <span class="faint">steady</span>
  const sign = bytesPerMinute > 0 ? '+' : '−'
  return (
    <span
      title={`${bytesPerMinute.toLocaleString('en')} bytes a minute`}
    >{`${sign}${formatBytes(Math.abs(bytesPerMinute))}/min`}</span>
  )
}

function timeLeftWords(group: GroupDocument) {
  const { timeLeft, secondsToLimit } = group
  // What the machine has left is everybody's, and told once.
  if (isOnlyUnderMachine(group)) return <span class="faint">as the machine</span>
  switch (timeLeft) {
    case 'now':
      return <strong>it is there</strong>
    case 'never':
      return <span class="faint">not in sight</span>
    case 'unknown':
      return <span class="faint">not known yet</span>
    case 'seconds': {
      const { low, high } = secondsToLimit ?? { low: 0, high: null }
      if (high === null) return <span>{span(low)} at the soonest</span>
      return <span>{spanBetween(low, high)}</span>
    }
  }
}
