import type { Reservation } from '../budget.ts'
import { GuardError } from '../errors.ts'
import type { MemoryGuard } from '../guard.ts'

export interface PoolSettings {
  guard: MemoryGuard
  /** What one task takes at its height. */
  bytesPerTask: number
  /** More do not run at once, however much room there is. */
  most: number
  /** More do not wait. */
  mostWaiting?: number
}

/** Runs as many tasks at once as there is room for. */
export interface Pool {
  /** @throws {GuardError} where too many wait already, or the process leaves */
  run<T>(task: () => Promise<T>): Promise<T>
  /** How many may run now. */
  readonly size: number
  readonly active: number
  readonly waiting: number
}

interface Waiting {
  begin(room: Reservation): void
  giveUp(): void
}

/** Its size follows the room of the guard: up to `most`, half of that while caches shrink, none while work is refused. */
export function createPool({ guard, bytesPerTask, most, mostWaiting = 1_000 }: PoolSettings): Pool {
  const line: Waiting[] = []
  let active = 0

  function mostNow(): number {
    if (guard.tier === 'observe') return most
    return guard.tier === 'evict' ? Math.max(1, Math.floor(most / 2)) : 0
  }

  function room(): Reservation | null {
    if (active >= mostNow()) return null
    const answer = guard.admit(bytesPerTask)
    return answer.admitted ? answer : null
  }

  function advance(): void {
    for (;;) {
      const [first] = line
      if (first === undefined) return
      const found = room()
      if (found === null) return
      line.shift()
      first.begin(found)
    }
  }

  guard.onLook(advance)
  guard.onDrain(() => {
    for (const one of line.splice(0)) one.giveUp()
  })
  return {
    async run(task) {
      if (!guard.ready) throw closed()
      if (line.length >= mostWaiting) {
        throw new GuardError('pool-full', `${mostWaiting} tasks wait already: come again later`)
      }
      const held = await new Promise<Reservation>((resolve, reject) => {
        line.push({
          begin(found) {
            active += 1
            resolve(found)
          },
          giveUp: () => reject(closed()),
        })
        advance()
      })
      try {
        return await task()
      } finally {
        active -= 1
        held.release()
        advance()
      }
    },
    get size() {
      const fits = active + Math.floor(guard.roomBytes / bytesPerTask)
      return Math.min(mostNow(), fits)
    },
    get active() {
      return active
    },
    get waiting() {
      return line.length
    },
  }
}

function closed(): GuardError {
  return new GuardError('pool-closed', 'the process leaves: give the task to another one')
}
