import type { Rule } from '../rule.ts'
import { milliBytes } from './kubernetes/k01-milli-bytes.ts'
import { tiny } from './kubernetes/k02-tiny.ts'
import { unknownSuffix } from './kubernetes/k03-unknown-suffix.ts'
import { mixedUnits } from './kubernetes/k04-mixed-units.ts'
import { noLimit } from './kubernetes/k05-no-limit.ts'
import { noRequest } from './kubernetes/k06-no-request.ts'
import { bestEffort } from './kubernetes/k07-best-effort.ts'
import { requestOverLimit } from './kubernetes/k08-request-over-limit.ts'
import { overcommit } from './kubernetes/k09-overcommit.ts'
import { memoryVolumeUnbounded } from './kubernetes/k11-memory-volume-unbounded.ts'
import { memoryVolumeTooLarge } from './kubernetes/k12-memory-volume-too-large.ts'
import { memoryVolumeSurvives } from './kubernetes/k13-memory-volume-survives.ts'
import { noLimitRange } from './kubernetes/k14-no-limit-range.ts'
import { initDominates } from './kubernetes/k15-init-dominates.ts'
import { noCpu } from './kubernetes/k16-no-cpu.ts'
import { sidecarNoLimit } from './kubernetes/k17-sidecar-no-limit.ts'
import { limitAsSetting } from './kubernetes/k18-limit-as-setting.ts'
import { settingWithoutLimit } from './kubernetes/k19-setting-without-limit.ts'
import { scalingByHeap } from './kubernetes/k20-scaling-by-heap.ts'
import { twoScalers } from './kubernetes/k21-two-scalers.ts'
import { requestsOnly } from './kubernetes/k23-requests-only.ts'
import { resizeWithoutRestart } from './kubernetes/k24-resize-without-restart.ts'
import { heavyProbe } from './kubernetes/k26-heavy-probe.ts'
import { smallSharedMemory } from './kubernetes/k27-small-shared-memory.ts'
import { groupKill } from './kubernetes/k28-group-kill.ts'
import { retryAfterOom } from './kubernetes/k29-retry-after-oom.ts'
import { evictionSignals } from './kubernetes/k30-eviction-signals.ts'
import { nothingReserved } from './kubernetes/k31-nothing-reserved.ts'
import { throttlingOnOldKernel } from './kubernetes/k32-throttling-on-old-kernel.ts'
import { noSwapForIt } from './kubernetes/k33-no-swap-for-it.ts'
import { podLimitShared } from './kubernetes/k35-pod-limit-shared.ts'

/** All rules, in the order of the reference. */
export const RULES: readonly Rule[] = [
  milliBytes,
  tiny,
  unknownSuffix,
  mixedUnits,
  noLimit,
  noRequest,
  bestEffort,
  requestOverLimit,
  overcommit,
  memoryVolumeUnbounded,
  memoryVolumeTooLarge,
  memoryVolumeSurvives,
  noLimitRange,
  initDominates,
  noCpu,
  sidecarNoLimit,
  limitAsSetting,
  settingWithoutLimit,
  scalingByHeap,
  twoScalers,
  requestsOnly,
  resizeWithoutRestart,
  heavyProbe,
  smallSharedMemory,
  groupKill,
  retryAfterOom,
  evictionSignals,
  nothingReserved,
  throttlingOnOldKernel,
  noSwapForIt,
  podLimitShared,
]
