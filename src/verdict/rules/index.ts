import type { Rule } from '../rule.ts'
import { askedToEnd } from './asked-to-end.ts'
import { atRisk } from './at-risk.ts'
import {
  countersAncestorLimit,
  countersHost,
  countersNestedLimit,
  countersOwnLimit,
} from './counters-say-kill.ts'
import { crashed } from './crashed.ts'
import { engineSaysOom } from './engine-says-oom.ts'
import { engineSaysOomAbove } from './engine-says-oom-above.ts'
import { exited } from './exited.ts'
import { guardLeft } from './guard-left.ts'
import { healthy } from './healthy.ts'
import { hungAtLimit } from './hung-at-limit.ts'
import { kernelAncestorLimit } from './kernel-ancestor-limit.ts'
import { kernelBpfPolicy } from './kernel-bpf-policy.ts'
import { kernelBrokenOff } from './kernel-broken-off.ts'
import { kernelHost } from './kernel-host.ts'
import { kernelManual } from './kernel-manual.ts'
import { kernelNestedLimit } from './kernel-nested-limit.ts'
import { kernelNoVictim } from './kernel-no-victim.ts'
import { kernelNuma } from './kernel-numa.ts'
import { kernelOwnLimit } from './kernel-own-limit.ts'
import { kernelPanic } from './kernel-panic.ts'
import { kernelUnplaced } from './kernel-unplaced.ts'
import { killedAtStart } from './killed-at-start.ts'
import { killedByOther } from './killed-by-other.ts'
import { killedUnknown } from './killed-unknown.ts'
import { kubeletCountsKills } from './kubelet-counts-kills.ts'
import { kubeletEvicted } from './kubelet-evicted.ts'
import { mesosLimit } from './mesos-limit.ts'
import { runtimeGaveUp } from './runtime-gave-up.ts'
import { thrashing } from './thrashing.ts'
import { userspaceKiller } from './userspace-killer.ts'

/** All rules, strongest evidence first: the first that holds is the verdict. */
export const RULES: readonly Rule[] = [
  kernelPanic,
  kernelManual,
  kernelNuma,
  kernelBpfPolicy,
  kernelNestedLimit,
  kernelAncestorLimit,
  kernelOwnLimit,
  kernelHost,
  kernelUnplaced,
  kernelBrokenOff,
  userspaceKiller,
  kubeletEvicted,
  killedAtStart,
  hungAtLimit,
  kernelNoVictim,
  askedToEnd,
  countersNestedLimit,
  countersOwnLimit,
  countersAncestorLimit,
  countersHost,
  mesosLimit,
  runtimeGaveUp,
  guardLeft,
  engineSaysOom,
  engineSaysOomAbove,
  kubeletCountsKills,
  killedByOther,
  killedUnknown,
  thrashing,
  crashed,
  exited,
  atRisk,
  healthy,
]
