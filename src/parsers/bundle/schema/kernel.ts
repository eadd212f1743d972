import * as z from 'zod/mini'
import {
  bytes,
  bytesOrNull,
  flag,
  number,
  numberOrNull,
  numbersByName,
  processMemory,
  text,
  textOrNull,
} from './common.ts'

const counterLine = z.nullable(
  z.object({ usageBytes: bytes, limitBytes: bytesOrNull, failcnt: numberOrNull }),
)

export const kernelFacts = [
  z.object({
    kind: z.literal('kernel-oom'),
    trigger: z.nullable(
      z.object({
        pid: numberOrNull,
        name: textOrNull,
        gfpMask: textOrNull,
        order: numberOrNull,
        oomScoreAdj: numberOrNull,
      }),
    ),
    constraint: z.nullable(z.enum(['none', 'memcg', 'cpuset', 'memory-policy', 'bpf'])),
    constraintWord: textOrNull,
    globalOom: flag,
    oomMemcg: textOrNull,
    taskMemcg: textOrNull,
    cpuset: textOrNull,
    memory: counterLine,
    memorySwap: counterLine,
    swap: counterLine,
    kmem: counterLine,
    stat: numbersByName,
    host: z.nullable(
      z.object({
        totalRamBytes: bytesOrNull,
        freeBytes: bytesOrNull,
        totalSwapBytes: bytesOrNull,
        freeSwapBytes: bytesOrNull,
      }),
    ),
    processes: z.array(z.object(processMemory)),
    pageSizeBytes: bytesOrNull,
    kills: z.array(
      z.object({
        ...processMemory,
        score: numberOrNull,
        sacrificedFor: z.nullable(z.object({ pid: number, name: text })),
        reaped: flag,
      }),
    ),
    groupKill: textOrNull,
    noKillable: flag,
    manual: flag,
    kernelVersion: textOrNull,
    missing: z.array(z.enum(['header', 'summary', 'kill', 'tasks'])),
    bootSeconds: numberOrNull,
    yearless: z.exactOptional(number),
  }),
  z.object({
    kind: z.literal('kernel-panic'),
    message: text,
    outOfMemory: flag,
    bootSeconds: numberOrNull,
  }),
  z.object({
    kind: z.literal('userspace-kill'),
    killer: text,
    pid: numberOrNull,
    name: textOrNull,
    cgroup: textOrNull,
    signal: textOrNull,
    reason: textOrNull,
    rssBytes: bytesOrNull,
  }),
  z.object({
    kind: z.literal('kernel-fault'),
    pid: number,
    name: text,
    message: text,
    bootSeconds: numberOrNull,
  }),
  z.object({ kind: z.literal('suppressed-reports'), count: number, bootSeconds: numberOrNull }),
  z.object({
    kind: z.literal('kernel-log-coverage'),
    lines: numberOrNull,
    firstBootSeconds: numberOrNull,
    lastBootSeconds: numberOrNull,
    firstAt: numberOrNull,
    lastAt: numberOrNull,
    truncated: flag,
  }),
] as const
