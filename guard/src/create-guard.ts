import { openBlackBox } from './black-box/black-box.ts'
import type { BlackBox, BlackBoxOptions } from './black-box/black-box.ts'
import { collector } from './collect.ts'
import { guardOver } from './guard.ts'
import type { MemoryGuard } from './guard.ts'
import { openSampler } from './memory/sampler.ts'
import { settingsFrom } from './settings.ts'
import type { GuardSettings } from './settings.ts'

/** All of it may be left out. Sizes are bytes, times milliseconds, thresholds shares of the limit that binds. */
export interface GuardOptions extends Partial<GuardSettings> {
  /** What stands for `/`, where `/proc` and the memory groups are looked for. */
  root?: string
  /** Writes down what was last seen, so that it outlives a kill. */
  blackBox?: BlackBoxOptions
}

/**
 * Watches the memory of this process against every limit that it may run into, and acts before the kernel does.
 *
 * @example
 * const guard = createMemoryGuard()
 * createServer(guardHandler(guard, handler)).listen(8080)
 * @throws {GuardError} for settings that cannot be
 */
export function createMemoryGuard({
  root = '/',
  blackBox,
  ...given
}: GuardOptions = {}): MemoryGuard {
  const guard = guardOver(
    {
      sampler: openSampler(root),
      now: () => performance.now(),
      later(call, ms) {
        const timer = setTimeout(call, ms)
        // The guard keeps no process alive that has nothing else to do.
        timer.unref()
        return () => clearTimeout(timer)
      },
      collect: collector(),
      exit: (code) => process.exit(code),
    },
    settingsFrom(given),
  )
  if (blackBox !== undefined) record(guard, openBlackBox(blackBox, root))
  return guard
}

function record(guard: MemoryGuard, box: BlackBox): void {
  box.tell(guard, guard.settings.shortestMs)
  guard.onLook((pauseMs) => box.tell(guard, pauseMs))
  guard.onEnd((reason) => box.end(reason ?? 'stopped'))
}
