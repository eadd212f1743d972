import { useEffect, useRef } from 'preact/hooks'
import type { ScannerStatusContent } from '../../src/server/scanner-contract.ts'
import { Says } from '../parts/says.tsx'
import { announce } from '../shell/announce.ts'
import { counted } from '../words/time.ts'

const STATE_WORDS: Record<ScannerStatusContent['state'], string> = {
  ready: 'Ready',
  degraded: 'Not all is well',
  stopped: 'Stopped',
}

/** "Ready: 2 workers, 1 of them busy; 3 jobs wait." */
export function stateInWords({ state, workers, jobs }: ScannerStatusContent): string {
  const { total, busy } = workers
  const work = total === 0 ? 'no workers run' : `${counted(total, 'worker')}, ${busy} busy`
  const queued = jobs.queued ?? 0
  const line =
    queued === 0 ? 'no job waits' : `${counted(queued, 'job')} ${queued === 1 ? 'waits' : 'wait'}`
  return `${STATE_WORDS[state]}: ${work}; ${line}.`
}

/** Why it is not as it should be. Whoever listens is told when that changes. */
export function StateNotes({ status }: { status: ScannerStatusContent }) {
  const { state, notes } = status
  const before = useRef(state)
  useEffect(() => {
    if (before.current !== state) announce(`The scanner: ${stateInWords(status)}`)
    before.current = state
  }, [state])
  if (notes.length === 0) return null
  return (
    <div class={`notice ${state === 'ready' ? '' : 'notice-bad'}`}>
      <p class="notice-title">
        {state === 'stopped' ? 'Nobody works on jobs' : 'Some jobs wait for more than their turn'}
      </p>
      <ul class="plain-list">
        {notes.map((note) => (
          <li key={note}>
            <Says text={note} />
          </li>
        ))}
      </ul>
    </div>
  )
}
