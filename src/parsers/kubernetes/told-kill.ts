import * as z from 'zod/mini'
import type { Observation } from '../../model/evidence.ts'
import type { OomReport } from '../../model/kernel.ts'
import { field, instantField, textField } from '../json-fields.ts'
import type { Origin } from '../format.ts'
import type { ApiObject } from './documents.ts'
import { observe } from './observation.ts'

/** Where the agent on a node writes what its kernel told, into the event that it makes of a case. */
export const CASE_ANNOTATION = 'stella.dev/case'

const textOrNull = z.nullable(z.string())
const sizeOrNull = z.nullable(z.number().check(z.minimum(0)))

const ToldKill = z.object({
  /** What stands in the annotation of an Event that stella writes for a pod. */
  schema: z.literal('stella.event/1'),
  at: textOrNull,
  constraint: z.nullable(z.enum(['memcg', 'none', 'cpuset', 'memory-policy'])),
  cgroup: textOrNull,
  taskCgroup: textOrNull,
  limitBytes: sizeOrNull,
  usageBytes: sizeOrNull,
  victims: z.array(
    z.object({
      pid: z.number(),
      name: z.string(),
      uid: z.nullable(z.number()),
      anonRssBytes: sizeOrNull,
      fileRssBytes: sizeOrNull,
      shmemRssBytes: sizeOrNull,
      totalVmBytes: sizeOrNull,
      pageTableBytes: sizeOrNull,
      oomScoreAdj: z.nullable(z.number()),
    }),
  ),
  trigger: z.nullable(z.object({ pid: z.nullable(z.number()), name: textOrNull })),
  node: textOrNull,
  line: textOrNull,
})

/** The kernel's kill that an agent on the node saw, as its event carries it; null where the event is another. */
export function readToldKill(event: ApiObject, origin: Origin): Observation<OomReport> | null {
  const text = textField(field(event.value, 'metadata', 'annotations'), CASE_ANNOTATION)
  const told = text === null ? null : parseTold(text)
  // What the agent calls a kill has a victim.
  const [first] = told?.victims ?? []
  if (told === null || first === undefined) return null
  const { constraint, limitBytes, usageBytes } = told
  const fact: OomReport = {
    kind: 'kernel-oom',
    trigger:
      told.trigger === null
        ? null
        : { ...told.trigger, gfpMask: null, order: null, oomScoreAdj: null },
    constraint,
    constraintWord: null,
    globalOom: constraint === 'none',
    oomMemcg: told.cgroup,
    taskMemcg: told.taskCgroup,
    cpuset: null,
    memory: usageBytes === null ? null : { usageBytes, limitBytes, failcnt: null },
    memorySwap: null,
    swap: null,
    kmem: null,
    stat: new Map(),
    host: null,
    processes: [],
    pageSizeBytes: null,
    kills: told.victims.map((victim) => ({
      ...victim,
      rssBytes: sumOf(victim),
      swapBytes: null,
      badness: null,
      score: null,
      sacrificedFor: null,
      reaped: false,
    })),
    groupKill: null,
    noKillable: false,
    manual: false,
    kernelVersion: null,
    missing: ['header', 'tasks'],
    bootSeconds: null,
  }
  const where = told.cgroup === null ? '' : ` at the limit of ${told.cgroup}`
  return observe(origin, {
    fact,
    at: instantField({ at: told.at }, 'at'),
    says: `The agent on node ${told.node ?? 'of the pod'} saw the kernel kill ${first.name} (PID ${first.pid})${where}.`,
    excerpt: told.line ?? text ?? '',
    line: event.line,
  })
}

function sumOf(
  sizes: Record<'anonRssBytes' | 'fileRssBytes' | 'shmemRssBytes', number | null>,
): number | null {
  const { anonRssBytes, fileRssBytes, shmemRssBytes } = sizes
  if (anonRssBytes === null || fileRssBytes === null || shmemRssBytes === null) return null
  return anonRssBytes + fileRssBytes + shmemRssBytes
}

function parseTold(text: string): z.infer<typeof ToldKill> | null {
  try {
    const read = ToldKill.safeParse(JSON.parse(text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}
