import { MIB } from '../../src/model/bytes.ts'
import type { OomCandidate } from '../../src/simulate/oom/candidate.ts'
import { type OomRules, rulesOf } from '../../src/simulate/oom/rules.ts'
import type { OomSetting } from '../../src/simulate/oom/simulate.ts'

/** 4 KiB pages in a mebibyte. */
export const MIB_PAGES = 256
/** The rules of a kernel of today. */
export const CURRENT: OomRules = rulesOf('6.12')

interface CandidateChange extends Partial<OomCandidate> {
  mib?: number | null
  swapMib?: number
  tablesMib?: number
}

/** A process of 10 MiB; its PID is the code of its name's first letter. */
export function candidate(name: string, change: CandidateChange = {}): OomCandidate {
  const { mib = 10, swapMib = 0, tablesMib = 0, ...rest } = change
  return {
    pid: name.charCodeAt(0),
    name,
    rssBytes: mib === null ? null : mib * MIB,
    anonRssBytes: null,
    fileRssBytes: null,
    shmemRssBytes: null,
    totalVmBytes: null,
    pageTableBytes: tablesMib * MIB,
    swapBytes: swapMib * MIB,
    oomScoreAdj: 0,
    uid: 1000,
    parentPid: null,
    cgroup: '/app',
    exempt: null,
    ...rest,
  }
}

/** The group /app of 100 MiB on a kernel of today. */
export function oomSetting(change: Partial<OomSetting> = {}): OomSetting {
  return {
    scope: 'memory-group',
    candidates: [candidate('web', { mib: 60 }), candidate('db', { mib: 30 })],
    scale: { totalPages: 100 * MIB_PAGES, atLeastPages: 0, pageSizeBytes: 4096 },
    rules: CURRENT,
    path: '/app',
    oomGroups: new Map(),
    panicOnOom: 0,
    killsAllocatingTask: false,
    killDisabled: false,
    ...change,
  }
}
