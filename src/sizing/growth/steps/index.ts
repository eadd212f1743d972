import type { Step } from '../view.ts'
import { burst, killedAtOnce } from './burst.ts'
import { fullAndAlive, pageCache } from './cache.ts'
import { concurrency } from './concurrency.ts'
import { forkCopies } from './fork.ts'
import { steadyLeak } from './leak.ts'
import { levelShift } from './level-shift.ts'
import { neighbour } from './neighbour.ts'
import { raisedInVain } from './raised-limits.ts'
import { repeated } from './repeated.ts'
import { retention } from './retention.ts'
import { sawtooth } from './sawtooth.ts'
import { steady, undersized } from './steady.ts'
import { growsIntoSwap } from './swap.ts'
import { warmUp } from './warm-up.ts'

/** The decision list: the first step that answers decides. */
export const STEPS: readonly Step[] = [
  neighbour,
  repeated,
  concurrency,
  retention,
  forkCopies,
  fullAndAlive,
  levelShift,
  warmUp,
  steadyLeak,
  growsIntoSwap,
  raisedInVain,
  killedAtOnce,
  sawtooth,
  burst,
  undersized,
  pageCache,
  steady,
]
