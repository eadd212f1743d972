import type { Rule } from '../rule.ts'
import { serviceNoLimit } from './compose/c01-no-limit.ts'
import { twoLimits } from './compose/c02-two-limits.ts'
import { swapUnsaid } from './compose/c03-swap-unsaid.ts'
import { swapZero } from './compose/c04-swap-zero.ts'
import { swapUnlimited } from './compose/c05-swap-unlimited.ts'
import { swapRefused } from './compose/c06-swap-refused.ts'
import { reservationOverLimit } from './compose/c07-reservation-over-limit.ts'
import { reservationAlone } from './compose/c08-reservation-alone.ts'
import { swappinessOnV2 } from './compose/c09-swappiness-v2.ts'
import { swappinessZero } from './compose/c10-swappiness-zero.ts'
import { oomKillDisableOnV2 } from './compose/c11-oom-kill-disable-v2.ts'
import { oomKillDisabled } from './compose/c12-oom-kill-disable.ts'
import { oomKillDisabledUnlimited } from './compose/c13-oom-kill-disable-unlimited.ts'
import { oomScore } from './compose/c14-oom-score.ts'
import { belowMinimum } from './compose/c15-below-minimum.ts'
import { kubernetesUnit } from './compose/c16-kubernetes-unit.ts'
import { tmpfsUnbounded } from './compose/c17-tmpfs-unbounded.ts'
import { tmpfsTooLarge } from './compose/c18-tmpfs-too-large.ts'
import { sharedMemoryTooLarge } from './compose/c19-shared-memory-too-large.ts'
import { smallShm } from './compose/c20-small-shared-memory.ts'
import { kernelMemory } from './compose/c21-kernel-memory.ts'
import { projectOverHost } from './compose/c22-project-over-host.ts'
import { noSwapAccounting } from './compose/c24-no-swap-accounting.ts'
import { restartLoop } from './compose/c25-restart-loop.ts'
import { heavyHealthCheck } from './compose/c26-heavy-probe.ts'
import { probeCannotFail } from './compose/c27-probe-cannot-fail.ts'
import { decreaseBelowUsage } from './cluster/k25-decrease-below-usage.ts'
import { nodeLimits } from './cluster/k36-node-limits.ts'
import { moreThanRequested } from './cluster/k37-more-than-requested.ts'
import { bestEffortUnderPressure } from './cluster/k38-best-effort-under-pressure.ts'
import { killedAtLimit } from './cluster/k39-killed-at-limit.ts'
import { evicted } from './cluster/k40-evicted.ts'
import { noPressure } from './host/o01-no-pressure.ts'
import { tighterAncestor } from './host/o02-tighter-ancestor.ts'
import { swappinessOff } from './host/o03-swappiness-zero.ts'
import { blindRuntime } from './host/o04-blind-runtime.ts'
import { panicOnOom } from './host/o05-panic-on-oom.ts'
import { commitLimit } from './host/o06-commit-limit.ts'
import { killsAllocatingTask } from './host/o07-kills-allocating-task.ts'
import { limitsWithoutEffect } from './host/o08-limits-without-effect.ts'
import { idleHugePages } from './host/o09-idle-huge-pages.ts'
import { otherLimit } from './host/o10-other-limit.ts'
import { freeReserve } from './host/o11-free-reserve.ts'
import { heapOverLimit } from './jvm/j01-heap-over-limit.ts'
import { sumOverLimit } from './jvm/j02-sum-over-limit.ts'
import { heapShare } from './jvm/j03-heap-share.ts'
import { percentageShare } from './jvm/j04-percentage.ts'
import { percentageWithoutEffect } from './jvm/j05-percentage-without-effect.ts'
import { defaultHeap } from './jvm/j06-default-heap.ts'
import { optionsNobodyReads } from './jvm/j07-options-nobody-reads.ts'
import { percentageIgnored } from './jvm/j08-percentage-ignored.ts'
import { removedFlag } from './jvm/j09-removed-flag.ts'
import { noContainerSupport } from './jvm/j10-no-container-support.ts'
import { blindJdk } from './jvm/j11-blind-jdk.ts'
import { directMemory } from './jvm/j12-direct-memory.ts'
import { metaspaceUnbounded } from './jvm/j13-metaspace-unbounded.ts'
import { threadStacks } from './jvm/j14-thread-stacks.ts'
import { mallocArenas } from './jvm/j15-malloc-arenas.ts'
import { heapDumpInMemory } from './jvm/j16-heap-dump-in-memory.ts'
import { initialHeap } from './jvm/j17-initial-heap.ts'
import { serialCollector } from './jvm/j18-serial-collector.ts'
import { noNativeTracking } from './jvm/j19-no-native-tracking.ts'
import { codeCache } from './jvm/j20-code-cache.ts'
import { milliBytes } from './kubernetes/k01-milli-bytes.ts'
import { tiny } from './kubernetes/k02-tiny.ts'
import { unknownSuffix } from './kubernetes/k03-unknown-suffix.ts'
import { mixedUnits } from './kubernetes/k04-mixed-units.ts'
import { noLimit } from './kubernetes/k05-no-limit.ts'
import { noRequest } from './kubernetes/k06-no-request.ts'
import { bestEffort } from './kubernetes/k07-best-effort.ts'
import { requestOverLimit } from './kubernetes/k08-request-over-limit.ts'
import { overcommit } from './kubernetes/k09-overcommit.ts'
import { nodesOvercommitted } from './kubernetes/k10-nodes-overcommitted.ts'
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
import { scalerCap } from './kubernetes/k22-scaler-cap.ts'
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
import { noPriority } from './kubernetes/k34-no-priority.ts'
import { podLimitShared } from './kubernetes/k35-pod-limit-shared.ts'
import { reservedWithoutPolicy } from './kubernetes/k41-reserved-without-policy.ts'
import { reservedSum } from './kubernetes/k42-reserved-sum.ts'
import { scalerOverwrites } from './kubernetes/k43-scaler-overwrites.ts'
import { heapFloor } from './node/n01-heap-floor.ts'
import { nodeHeapOverLimit } from './node/n02-heap-over-limit.ts'
import { nodeDefaultHeap } from './node/n03-default-heap.ts'
import { blindNode } from './node/n04-blind-node.ts'
import { cluster } from './node/n05-cluster.ts'
import { packageManager } from './node/n06-package-manager.ts'
import { pm2Restart } from './node/n10-pm2-restart.ts'
import { softLimit } from './node/n11-soft-limit.ts'
import { hexadecimalLimit } from './runtimes/d01-hexadecimal-limit.ts'
import { hexadecimalPercentage } from './runtimes/d02-hexadecimal-percentage.ts'
import { severalDotnetPrograms } from './runtimes/d03-several-programs.ts'
import { goNoMemoryLimit } from './runtimes/g01-no-memory-limit.ts'
import { goMemoryLimitTooHigh } from './runtimes/g02-memory-limit-too-high.ts'
import { collectorOff } from './runtimes/g03-collector-off.ts'
import { goUnknownUnit } from './runtimes/g04-unknown-unit.ts'
import { workers } from './runtimes/p01-workers.ts'
import { workersByHost } from './runtimes/p02-workers-by-host.ts'
import { noRecycling } from './runtimes/p03-no-recycling.ts'
import { phpUnbounded } from './runtimes/p04-php-unbounded.ts'
import { arenasOfThreads } from './runtimes/p05-arenas-of-threads.ts'
import { redisUnbounded } from './servers/b01-redis-unbounded.ts'
import { redisNoRoomToFork } from './servers/b02-redis-no-room-to-fork.ts'
import { redisOnHost } from './servers/b04-redis-on-host.ts'
import { replicaBuffers } from './servers/b03-replica-buffers.ts'
import { sharedBuffers } from './servers/b05-shared-buffers.ts'
import { postgresSum } from './servers/b06-postgres-sum.ts'
import { elasticsearchHeap } from './servers/b07-elasticsearch-heap.ts'
import { mongodbCache } from './servers/b08-mongodb-cache.ts'
import { brokerHeap } from './servers/b09-broker-heap.ts'
import { ignoredSize } from './systemd/s01-ignored-size.ts'
import { oldLimit } from './systemd/s02-old-limit.ts'
import { throttleNeverActs } from './systemd/s03-throttle-never-acts.ts'
import { cannotBeKilled } from './systemd/s04-cannot-be-killed.ts'
import { ignoredSetting } from './systemd/s05-ignored-setting.ts'
import { unknownSetting } from './systemd/s06-unknown-setting.ts'
import { residentLimit } from './systemd/s07-resident-limit.ts'
import { setTwice } from './systemd/s08-set-twice.ts'
import { tighterAbove } from './systemd/s09-tighter-above.ts'

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
  nodesOvercommitted,
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
  scalerCap,
  requestsOnly,
  resizeWithoutRestart,
  decreaseBelowUsage,
  heavyProbe,
  smallSharedMemory,
  groupKill,
  retryAfterOom,
  evictionSignals,
  nothingReserved,
  throttlingOnOldKernel,
  noSwapForIt,
  noPriority,
  podLimitShared,
  reservedWithoutPolicy,
  reservedSum,
  scalerOverwrites,
  nodeLimits,
  moreThanRequested,
  bestEffortUnderPressure,
  killedAtLimit,
  evicted,
  serviceNoLimit,
  twoLimits,
  swapUnsaid,
  swapZero,
  swapUnlimited,
  swapRefused,
  reservationOverLimit,
  reservationAlone,
  swappinessOnV2,
  swappinessZero,
  oomKillDisableOnV2,
  oomKillDisabled,
  oomKillDisabledUnlimited,
  oomScore,
  belowMinimum,
  kubernetesUnit,
  tmpfsUnbounded,
  tmpfsTooLarge,
  sharedMemoryTooLarge,
  smallShm,
  kernelMemory,
  projectOverHost,
  noSwapAccounting,
  restartLoop,
  heavyHealthCheck,
  probeCannotFail,
  heapOverLimit,
  sumOverLimit,
  heapShare,
  percentageShare,
  percentageWithoutEffect,
  defaultHeap,
  optionsNobodyReads,
  percentageIgnored,
  removedFlag,
  noContainerSupport,
  blindJdk,
  directMemory,
  metaspaceUnbounded,
  threadStacks,
  mallocArenas,
  heapDumpInMemory,
  initialHeap,
  serialCollector,
  noNativeTracking,
  codeCache,
  heapFloor,
  nodeHeapOverLimit,
  nodeDefaultHeap,
  blindNode,
  cluster,
  packageManager,
  pm2Restart,
  softLimit,
  goNoMemoryLimit,
  goMemoryLimitTooHigh,
  collectorOff,
  goUnknownUnit,
  hexadecimalLimit,
  hexadecimalPercentage,
  severalDotnetPrograms,
  workers,
  workersByHost,
  noRecycling,
  phpUnbounded,
  arenasOfThreads,
  redisUnbounded,
  redisNoRoomToFork,
  replicaBuffers,
  redisOnHost,
  sharedBuffers,
  postgresSum,
  elasticsearchHeap,
  mongodbCache,
  brokerHeap,
  noPressure,
  tighterAncestor,
  swappinessOff,
  blindRuntime,
  panicOnOom,
  commitLimit,
  killsAllocatingTask,
  limitsWithoutEffect,
  idleHugePages,
  otherLimit,
  freeReserve,
  ignoredSize,
  oldLimit,
  throttleNeverActs,
  cannotBeKilled,
  ignoredSetting,
  unknownSetting,
  residentLimit,
  setTwice,
  tighterAbove,
]

/** Those that speak unasked. */
export const USUAL_RULES: readonly Rule[] = RULES.filter(({ isOptional }) => isOptional !== true)
