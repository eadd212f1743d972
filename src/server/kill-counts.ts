/** Counts of cases and kills since this server began, for `/metrics`. Each incident counts once, when it is known well enough. */
import type { BindingScope, VerdictCode } from '../model/case.ts'
import type { Instant } from '../model/time.ts'
import type { CaseEntry } from '../store/cases.ts'
import type { HostIdentity } from '../store/database/types.ts'

export type MainProcess = 'died' | 'survived' | 'unknown'

export interface ContainerKills {
  host: string
  platform: string
  target: string
  mainProcess: MainProcess
  count: number
}

export interface KillCounts {
  readonly verdicts: ReadonlyMap<VerdictCode, number>
  readonly scopes: ReadonlyMap<BindingScope, number>
  readonly containers: readonly ContainerKills[]
  take(host: HostIdentity, entry: CaseEntry): void
  /** Counts what waits no longer for a better word. */
  settle(now: Instant): void
}

/** An engine says what became of the main process within this time. */
const PATIENCE_MS = 5_000
const MAX_CONTAINERS = 10_000

export function createKillCounts(startedAt: Instant): KillCounts {
  const verdicts = new Map<VerdictCode, number>()
  const scopes = new Map<BindingScope, number>()
  const containers = new Map<string, ContainerKills>()
  const waiting = new Map<string, { host: HostIdentity; entry: CaseEntry }>()

  function count(host: HostIdentity, { case: found }: CaseEntry): void {
    const { verdict, victims, binding } = found
    add(verdicts, verdict.code, 1)
    if (!verdict.code.startsWith('oom-')) return
    add(scopes, binding.scope, Math.max(1, victims.length))
    const { platform, name, id } = found.subject
    if (platform === 'host' || platform === 'unknown' || platform === 'process') return
    const main = verdict.mainProcessDied
    const kills: ContainerKills = {
      host: host.name,
      platform,
      target: targetOf(platform, name ?? id ?? ''),
      mainProcess: main === null ? 'unknown' : main ? 'died' : 'survived',
      count: 0,
    }
    const key = JSON.stringify([kills.host, platform, kills.target, kills.mainProcess])
    const known = containers.get(key) ?? kills
    if (containers.size >= MAX_CONTAINERS && known === kills) return
    known.count += victims.length
    containers.set(key, known)
  }

  return {
    verdicts,
    scopes,
    get containers() {
      return [...containers.values()]
    },
    take(host, entry) {
      const { at, verdict } = entry.case
      // What the log held from before is no increase.
      if (at !== null && at < startedAt) return
      const key = `${host.id} ${entry.incident}`
      const isFirst = entry.revision === 1
      const isWaiting = waiting.delete(key)
      if (isFirst && verdict.mainProcessDied === null) waiting.set(key, { host, entry })
      else if (isFirst || isWaiting) count(host, entry)
    },
    settle(now) {
      for (const [key, { host, entry }] of waiting) {
        if (now - entry.at < PATIENCE_MS) continue
        waiting.delete(key)
        count(host, entry)
      }
    },
  }
}

/** As `stella why` takes it. */
export function targetOf(platform: string, name: string): string {
  const prefix = platform === 'kubernetes' ? 'k8s' : platform
  return `${prefix}:${name}`
}

function add<Key>(counts: Map<Key, number>, key: Key, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
