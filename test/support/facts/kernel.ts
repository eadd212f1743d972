/** What the kernel, or a killer beside it, says. */
import fc from 'fast-check'
import type { FactArbitraries } from './arbitraries.ts'
import {
  bytes,
  bytesOrNull,
  flag,
  number,
  numberOrNull,
  numbers,
  orNull,
  text,
  textOrNull,
  withOptional,
} from './parts.ts'

const processFields = {
  pid: number,
  name: text,
  rssBytes: bytesOrNull,
  anonRssBytes: bytesOrNull,
  fileRssBytes: bytesOrNull,
  shmemRssBytes: bytesOrNull,
  totalVmBytes: bytesOrNull,
  pageTableBytes: bytesOrNull,
  swapBytes: bytesOrNull,
  oomScoreAdj: numberOrNull,
  badness: numberOrNull,
  uid: numberOrNull,
}
const counter = orNull(
  fc.record({ usageBytes: bytes, limitBytes: bytesOrNull, failcnt: numberOrNull }),
)

export const kernelFacts = {
  'kernel-oom': withOptional(
    'yearless',
    number,
    fc.record({
      kind: fc.constant('kernel-oom'),
      trigger: orNull(
        fc.record({
          pid: numberOrNull,
          name: textOrNull,
          gfpMask: textOrNull,
          order: numberOrNull,
          oomScoreAdj: numberOrNull,
        }),
      ),
      constraint: fc.constantFrom('none', 'memcg', 'cpuset', 'memory-policy', 'bpf', null),
      constraintWord: textOrNull,
      globalOom: flag,
      oomMemcg: textOrNull,
      taskMemcg: textOrNull,
      cpuset: textOrNull,
      memory: counter,
      memorySwap: counter,
      swap: counter,
      kmem: counter,
      stat: numbers,
      host: orNull(
        fc.record({
          totalRamBytes: bytesOrNull,
          freeBytes: bytesOrNull,
          totalSwapBytes: bytesOrNull,
          freeSwapBytes: bytesOrNull,
        }),
      ),
      processes: fc.array(fc.record(processFields), { maxLength: 2 }),
      pageSizeBytes: bytesOrNull,
      kills: fc.array(
        fc.record({
          ...processFields,
          score: numberOrNull,
          sacrificedFor: orNull(fc.record({ pid: number, name: text })),
          reaped: flag,
        }),
        { maxLength: 2 },
      ),
      groupKill: textOrNull,
      noKillable: flag,
      manual: flag,
      kernelVersion: textOrNull,
      missing: fc.subarray(['header', 'summary', 'kill', 'tasks']),
      bootSeconds: numberOrNull,
    }),
  ),
  'kernel-panic': fc.record({
    kind: fc.constant('kernel-panic'),
    message: text,
    outOfMemory: flag,
    bootSeconds: numberOrNull,
  }),
  'userspace-kill': fc.record({
    kind: fc.constant('userspace-kill'),
    killer: text,
    pid: numberOrNull,
    name: textOrNull,
    cgroup: textOrNull,
    signal: textOrNull,
    reason: textOrNull,
    rssBytes: bytesOrNull,
  }),
  'kernel-fault': fc.record({
    kind: fc.constant('kernel-fault'),
    pid: number,
    name: text,
    message: text,
    bootSeconds: numberOrNull,
  }),
  'suppressed-reports': fc.record({
    kind: fc.constant('suppressed-reports'),
    count: number,
    bootSeconds: numberOrNull,
  }),
  'kernel-log-coverage': fc.record({
    kind: fc.constant('kernel-log-coverage'),
    lines: numberOrNull,
    firstBootSeconds: numberOrNull,
    lastBootSeconds: numberOrNull,
    firstAt: numberOrNull,
    lastAt: numberOrNull,
    truncated: flag,
  }),
} satisfies Partial<FactArbitraries>
