import { formatBytes } from '../model/bytes.ts'
import type { Binding, BindingScope, Case, CaseBill, VerdictCode } from '../model/case.ts'
import type { ProcessMemory } from '../model/memory.ts'
import type { Subject } from '../model/subject.ts'
import { printable } from './printable.ts'
import { sizeWithBytes } from './size.ts'

/** Who ended it, as a heading. */
export const VERDICT_WORDS: Record<VerdictCode, string> = {
  'oom-own-limit': 'Killed by the kernel at its own limit',
  'oom-ancestor-limit': 'Killed by the kernel at a limit above it',
  'oom-nested-limit': 'Killed by the kernel at a limit inside of it',
  'oom-host': 'Killed by the kernel because the machine ran out of memory',
  'oom-numa': 'Killed by the kernel under a cpuset or memory-policy constraint',
  'oom-manual': "Killed by the kernel's OOM killer, which was called by hand",
  'oom-no-victim': 'Out of memory, and nothing could be killed',
  'oom-panic': 'The kernel panicked on out-of-memory',
  'oom-userspace': 'Killed by an out-of-memory daemon in userspace',
  evicted: 'Evicted by the kubelet',
  'runtime-out-of-memory': 'The runtime gave up by itself: out of memory',
  'killed-not-memory': 'Killed by somebody, and memory is ruled out',
  'killed-unknown': 'Killed, and the evidence does not say by whom',
  crashed: 'Ended by itself with an error',
  exited: 'Ended normally',
  'hung-at-limit': 'Alive, and blocked at its limit',
  thrashing: 'Alive, and held back by reclaim or swap',
  'at-risk': 'Alive, and heading for its limit',
  healthy: 'Alive, and nothing threatens it',
}

export const SCOPE_WORDS: Record<BindingScope, string> = {
  container: 'its own limit',
  ancestor: 'a limit above it',
  nested: 'a limit inside of it',
  host: "the machine's memory",
  numa: 'the memory of the allowed NUMA nodes',
  userspace: 'the threshold of a userspace daemon',
  runtime: "the runtime's own limit",
  none: 'no limit was reached',
}

export function isGood(code: VerdictCode): boolean {
  return code === 'healthy' || code === 'exited'
}

export function subjectWords(subject: Subject): string {
  const name = subject.name ?? subject.id
  if (name === null) return subject.platform === 'host' ? 'host' : 'subject not known'
  return printable(subject.platform === 'unknown' ? name : `${subject.platform} ${name}`)
}

/** The same for a table: a container id at the length that engines show. */
export function shortSubject(subject: Subject): string {
  return subjectWords(subject).replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1')
}

/** What was reached, one line each: scope, path, limit, usage, and what the machine had left. */
export function bindingWords(binding: Binding): [label: string, value: string][] {
  const rows: [string, string][] = [['Reached', SCOPE_WORDS[binding.scope]]]
  if (binding.path !== null) rows.push(['Path', printable(binding.path)])
  if (binding.scope === 'none' && binding.limitBytes === null && binding.usageBytes === null) {
    return rows
  }
  rows.push(['Limit', sizeWithBytes(binding.limitBytes)])
  rows.push(['In use', sizeWithBytes(binding.usageBytes)])
  if (binding.hostAvailableBytes !== null) {
    rows.push(['Host had', `${sizeWithBytes(binding.hostAvailableBytes)} available`])
  }
  return rows
}

/** Where the memory was: the largest items, as far as each is worth a word. */
export function billWords({ items, chargeBytes }: CaseBill): string {
  const worth = items
    .toSorted((a, b) => b.bytes - a.bytes)
    .filter(({ bytes }) => bytes >= chargeBytes / 100)
    .slice(0, 5)
  return worth
    .map(({ name, bytes }) => {
      const share = Math.round((bytes / chargeBytes) * 100)
      return `${name} ${formatBytes(bytes)} (${share} %)`
    })
    .join(', ')
}

/** One process in a line; what is not known is left out. */
export function processWords(process: ProcessMemory): string {
  const sizes: [string, number | null][] = [
    ['anonymous', process.anonRssBytes],
    ['file', process.fileRssBytes],
    ['shared', process.shmemRssBytes],
    ['page tables', process.pageTableBytes],
    ['swap', process.swapBytes],
  ]
  const known = sizes.filter(([, bytes]) => bytes !== null)
  const shown: [string, number | null][] =
    known.length > 0 ? known : [['resident', process.rssBytes]]
  const numbers: [string, number | null][] = [
    ['oom_score_adj', process.oomScoreAdj],
    ['badness', process.badness],
    ['uid', process.uid],
  ]
  return [
    `${printable(process.name)} (PID ${process.pid})`,
    ...shown.map(([label, bytes]) => `${label} ${sizeWithBytes(bytes)}`),
    ...numbers.filter(([, value]) => value !== null).map(([label, value]) => `${label} ${value}`),
  ].join(', ')
}

/** `[e1, e3]`, or nothing. */
export function references(ids: readonly string[]): string {
  return ids.length === 0 ? '' : ` [${ids.map(printable).join(', ')}]`
}

export function victimNames(found: Case): string {
  const names = found.victims.map((victim) => `${printable(victim.name)} (${victim.pid})`)
  return names.length === 0 ? '-' : names.join(', ')
}
