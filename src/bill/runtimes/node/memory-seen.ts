import { KIB, limitOrNull } from '../../../model/bytes.ts'
import type { ProcessState } from '../../../model/facts.ts'
import type { Question } from '../../../model/question.ts'
import type { NodeVersion } from './heap-limit.ts'
import { answerText } from '../runtime.ts'
import type { RuntimeContext } from '../runtime.ts'

/** What a Node process takes for the memory of its machine. */
export interface MemorySeen {
  bytes: number
  /** `group`: the limit of its own memory group, and of no group above it; `machine`: all there is. */
  from: 'group' | 'machine'
}

/**
 * The files that libuv reads, as the process sees them. In a container the group's own files stand where the root's would; else
 * they stand under the group's path.
 *
 * @see libuv src/unix/linux.c, uv_get_constrained_memory
 */
export function memorySeenQuestions({ cgroupPaths }: ProcessState): Question[] {
  const [path = ''] = cgroupPaths
  // Written from outside of the process's namespace, a path may lead up.
  const below = path === '' || path === '/' || path.includes('/..') ? [] : [path]
  const files = [...below, ''].flatMap((folder, at) => {
    const place = folder === '' ? 'top' : `own${at}`
    return [
      file(`${place} max`, `root/sys/fs/cgroup${folder}/memory.max`),
      file(`${place} high`, `root/sys/fs/cgroup${folder}/memory.high`),
      file(`${place} limit`, `root/sys/fs/cgroup/memory${folder}/memory.limit_in_bytes`),
      file(`${place} soft`, `root/sys/fs/cgroup/memory${folder}/memory.soft_limit_in_bytes`),
    ]
  })
  return [...files, file('meminfo', 'root/proc/meminfo')]
}

function file(id: string, path: string): Question {
  return { kind: 'file', id, path, maxBytes: 4096 }
}

/** Null where that could not be read. */
export function memorySeen(version: NodeVersion, context: RuntimeContext): MemorySeen | null {
  const limit = groupLimit(version, context)
  const total = /^MemTotal: +(\d{1,12}) kB$/m.exec(answerText(context, 'meminfo') ?? '')?.[1]
  const machineBytes = total === undefined ? null : Number(total) * KIB
  if (limit === 'unread') return null
  if (limit !== null && (machineBytes === null || limit < machineBytes)) {
    return { bytes: limit, from: 'group' }
  }
  return machineBytes === null ? null : { bytes: machineBytes, from: 'machine' }
}

/** Null: no limit is seen. */
function groupLimit(version: NodeVersion, context: RuntimeContext): number | null | 'unread' {
  const smaller = (one: number | 'none', other: number | 'none'): number | null => {
    const known = [one, other].filter((value) => value !== 'none')
    return limitOrNull(known.length === 0 ? null : Math.min(...known))
  }
  if (!readsOwnGroup(version)) {
    const limit = limitIn(answerText(context, 'top limit'))
    return limit === null ? null : smaller(limit, 'none')
  }
  for (const place of ['own0', 'top']) {
    for (const [hard, soft] of PAIRS) {
      const limit = limitIn(answerText(context, `${place} ${hard}`))
      if (limit === null) continue
      return smaller(limit, limitIn(answerText(context, `${place} ${soft}`)) ?? 'none')
    }
  }
  return context.answers.get('top max')?.ok === false ? null : 'unread'
}

const PAIRS = [
  ['max', 'high'],
  ['limit', 'soft'],
] as const

/** Null: there is no such file. */
function limitIn(text: string | null): number | 'none' | null {
  const word = text?.trim() ?? ''
  if (word === 'max') return 'none'
  return /^\d{1,20}$/.test(word) ? Number(word) : null
}

/** libuv 1.45 came with Node 20.3: before, no file of cgroup v2 was read, and of v1 that of the hierarchy's root alone. */
export function readsOwnGroup({ major, minor }: NodeVersion): boolean {
  return major > 20 || (major === 20 && minor >= 3)
}
