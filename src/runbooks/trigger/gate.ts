/** Which runs are begun by themselves: none twice for the same, and never too many. */
import { keepNewest } from '../../model/newest.ts'
import type { Instant } from '../../model/time.ts'

export interface Asked {
  /** Its id. */
  runbook: string
  /** What it is about; null: nobody has said, so that it may be whatever it was opened for last. */
  target: string | null
}

export type Admission =
  | { kind: 'begin'; opening: Opening }
  /** There is one for it already; null: it is about to begin. */
  | { kind: 'seen-again'; run: string | null }
  | { kind: 'left-out'; why: string }

/** One that was let in. */
export interface Opening {
  readonly at: Instant
  /** Null: it has not begun yet. */
  run: string | null
}

export interface GateOptions {
  /** Whether a run waits for somebody, or still goes on. */
  isOpen(run: string): boolean
}

export interface Gate {
  ask(asked: Asked, now: Instant): Admission
  /** One that was begun before this gate was there; `targets` are all names of what it is about. */
  remember(runbook: string, targets: readonly string[], opening: Opening): void
}

/** One kill seldom comes alone. */
const AGAIN_MS = 15 * 60_000
/** What a run has seen that waits for longer says little of what happens now. */
const WAITS_MS = 24 * 3_600_000
const HOUR_MS = 3_600_000
export const MOST_IN_AN_HOUR = 20
const MOST_REMEMBERED = 5_000

export function createGate({ isOpen }: GateOptions): Gate {
  /** The latest of each runbook and target, and, by its runbook alone, of each runbook. */
  const latest = new Map<string, Opening>()
  let lately: Opening[] = []

  function remember(runbook: string, targets: readonly string[], opening: Opening): void {
    lately.push(opening)
    for (const key of [runbook, ...targets.map((target) => keyOf(runbook, target))]) {
      const known = latest.get(key)
      if (known === undefined || known.at <= opening.at) {
        keepNewest(latest, key, opening, MOST_REMEMBERED)
      }
    }
  }

  function isThere({ at, run }: Opening, now: Instant): boolean {
    const age = now - at
    if (age < AGAIN_MS) return true
    return age < WAITS_MS && run !== null && isOpen(run)
  }

  return {
    remember,
    ask(asked, now) {
      const { runbook, target } = asked
      const known = latest.get(target === null ? runbook : keyOf(runbook, target))
      if (known !== undefined && isThere(known, now)) return { kind: 'seen-again', run: known.run }
      lately = lately.filter(({ at }) => now - at < HOUR_MS)
      if (lately.length >= MOST_IN_AN_HOUR) {
        return { kind: 'left-out', why: `${MOST_IN_AN_HOUR} runs were opened within an hour` }
      }
      const opening: Opening = { at: now, run: null }
      remember(runbook, target === null ? [] : [target], opening)
      return { kind: 'begin', opening }
    },
  }
}

function keyOf(runbook: string, target: string): string {
  return `${runbook}\n${target}`
}
