/** The kinds of checks that labs may use. */
import { answer } from './answer.ts'
import type { CheckType } from './check-type.ts'
import { child } from './child.ts'
import { evidence } from './evidence.ts'
import { forecast } from './forecast.ts'
import { headroom } from './headroom.ts'
import { limit } from './limit.ts'
import { oomKill } from './oom-kill.ts'
import { reservation } from './reservation.ts'
import { runs } from './runs.ts'
import { sameProcess } from './same-process.ts'
import { setting, untouched } from './setting.ts'
import { steady } from './steady.ts'
import { sum } from './sum.ts'
import { swap } from './swap.ts'
import { tmpfs } from './tmpfs.ts'
import { victim } from './victim.ts'
import { work } from './work.ts'
import { writtenBack } from './written-back.ts'

export const CHECK_TYPES: readonly CheckType[] = [
  runs,
  limit,
  steady,
  work,
  sameProcess,
  evidence,
  child,
  answer,
  tmpfs,
  victim,
  forecast,
  headroom,
  setting,
  untouched,
  reservation,
  sum,
  oomKill,
  swap,
  writtenBack,
]
