import type { Check } from '../check.ts'
import { growth } from './growth.ts'
import { limit } from './limit.ts'
import { limitHits } from './limit-hits.ts'
import { noKill } from './no-kill.ts'
import { noRestart } from './no-restart.ts'
import { peak } from './peak.ts'
import { probe } from './probe.ts'
import { running } from './running.ts'
import { settings } from './settings.ts'
import { stableWindow } from './stable-window.ts'
import { workload } from './workload.ts'

/** All that has to be true for a fix to hold. */
export const CHECKS: readonly Check[] = [
  running,
  workload,
  limit,
  settings,
  noKill,
  noRestart,
  peak,
  limitHits,
  growth,
  probe,
  stableWindow,
]
