import type { Wording } from '../wording.ts'
import { chosen, killedWith } from './chosen.ts'
import { segfault, trap } from './fault.ts'
import { group } from './group.ts'
import { invoked } from './invoked.ts'
import { killed } from './killed.ts'
import { manualIgnored, noKillable } from './no-killable.ts'
import { panic } from './panic.ts'
import { reaped } from './reaped.ts'
import { summary } from './summary.ts'
import { suppressed } from './suppressed.ts'
import { taskIn } from './task-in.ts'
import { tableHeader, tasksBegin } from './tasks.ts'
import {
  earlyoom,
  nohang,
  nohangVictim,
  oomd,
  systemdOomd,
  systemdUnit,
  talos,
} from './userspace.ts'

/** What the kernel says of a program stands behind the program's name and PID, as does what a program says itself. */
export const TAGGED_WORDINGS: readonly Wording[] = [
  segfault,
  trap,
  systemdOomd,
  systemdUnit,
  earlyoom,
  nohang,
  nohangVictim,
  oomd,
  talos,
]

/** In the order in which they are asked; the first that understands a line has it. */
export const WORDINGS: readonly Wording[] = [
  killed,
  summary,
  invoked,
  chosen,
  killedWith,
  group,
  reaped,
  tasksBegin,
  tableHeader,
  taskIn,
  noKillable,
  manualIgnored,
  panic,
  suppressed,
  ...TAGGED_WORDINGS,
]
