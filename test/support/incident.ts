import type { Case, CauseCode } from '../../src/model/case.ts'
import { MIB } from '../../src/model/bytes.ts'
import type { EvidenceSource, Observation } from '../../src/model/evidence.ts'
import type { PodContainer, PodContainerState, PodState } from '../../src/model/cluster.ts'
import type {
  CgroupState,
  ContainerEvent,
  ContainerState,
  Fact,
  HostMemory,
  MemorySample,
  MemorySamples,
  ProcessState,
} from '../../src/model/facts.ts'
import type { OomKill, OomReport } from '../../src/model/kernel.ts'
import type { KubeletFigures } from '../../src/model/kubelet.ts'
import type { ProcessMemory } from '../../src/model/memory.ts'
import type { Judgement } from '../../src/verdict/engine.ts'
import { NO_FIGURES } from '../../src/parsers/kubernetes/kubelet-figures.ts'
import type { Incident } from '../../src/verdict/incident.ts'
import { sampleCase } from './sample-case.ts'

export const NOW = Date.UTC(2026, 4, 1, 12)
export const ID = 'c0ffee'.padEnd(64, '0')
/** Where Docker's cgroupfs driver puts that container. */
export const PATH = `/docker/${ID}`

/** One fact as an observation; what it says is its kind. */
export function seen<F extends Fact>(
  fact: F,
  at: number | null = NOW,
  source: EvidenceSource = 'kmsg',
): Observation<F> {
  return { source, at, says: fact.kind, excerpt: fact.kind, from: `${fact.kind}:1`, fact }
}

/** One task of a report, all of its memory anonymous. */
export function task(pid: number, name: string, anonMib: number): ProcessMemory {
  return {
    pid,
    name,
    rssBytes: anonMib * MIB,
    anonRssBytes: anonMib * MIB,
    fileRssBytes: 0,
    shmemRssBytes: 0,
    totalVmBytes: 2 * anonMib * MIB,
    pageTableBytes: null,
    swapBytes: 0,
    oomScoreAdj: 0,
    badness: null,
    uid: 0,
  }
}

export function kill(pid: number, name: string, anonMib: number): OomKill {
  return { ...task(pid, name, anonMib), score: null, sacrificedFor: null, reaped: true }
}

/** A kill of PID 4321 at a v2 group's own limit of 100 MiB. */
export function oomReport(change: Partial<OomReport> = {}): OomReport {
  return {
    kind: 'kernel-oom',
    trigger: { pid: 4321, name: 'app', gfpMask: null, order: 0, oomScoreAdj: 0 },
    constraint: 'memcg',
    constraintWord: null,
    globalOom: false,
    oomMemcg: PATH,
    taskMemcg: PATH,
    cpuset: null,
    memory: { usageBytes: 100 * MIB, limitBytes: 100 * MIB, failcnt: 9 },
    memorySwap: null,
    swap: null,
    kmem: null,
    stat: new Map([
      ['anon', 98 * MIB],
      ['file', 0],
      ['shmem', 0],
      ['kernel', MIB],
    ]),
    host: null,
    processes: [task(4321, 'app', 98)],
    pageSizeBytes: 4096,
    kills: [kill(4321, 'app', 98)],
    groupKill: null,
    noKillable: false,
    manual: false,
    kernelVersion: null,
    missing: [],
    bootSeconds: null,
    ...change,
  }
}

/** A report of the same kill whose group was filled like this; sizes in MiB. */
export function reportOfUsage(parts: Readonly<Record<string, number>>): OomReport {
  return oomReport({
    stat: new Map(Object.entries(parts).map(([name, mib]) => [name, mib * MIB])),
  })
}

export function containerState(change: Partial<ContainerState> = {}): ContainerState {
  return {
    kind: 'container-state',
    engine: 'docker',
    id: ID,
    name: 'web',
    image: 'shop/web:1',
    status: 'exited',
    running: false,
    pid: null,
    exitCode: 137,
    oomKilled: true,
    error: null,
    startedAt: NOW - 3_600_000,
    finishedAt: NOW + 100,
    restartCount: 0,
    restartPolicy: null,
    memoryLimitBytes: 100 * MIB,
    memorySwapBytes: null,
    memorySwapUnlimited: false,
    memoryReservationBytes: null,
    shmSizeBytes: null,
    oomKillDisable: false,
    oomScoreAdj: null,
    cgroupParent: null,
    command: ['app'],
    env: [],
    labels: {},
    health: null,
    ...change,
  }
}

export function containerEvent(
  action: string,
  change: Partial<ContainerEvent> = {},
): ContainerEvent {
  return {
    kind: 'container-event',
    engine: 'docker',
    id: ID,
    name: 'web',
    image: 'shop/web:1',
    action,
    exitCode: null,
    signal: null,
    execId: null,
    ...change,
  }
}

export function cgroupState(change: Partial<CgroupState> = {}): CgroupState {
  return {
    kind: 'cgroup-state',
    path: PATH,
    version: 2,
    usageBytes: null,
    limitBytes: 100 * MIB,
    unlimited: false,
    highBytes: null,
    minBytes: null,
    lowBytes: null,
    peakBytes: null,
    swapUsageBytes: null,
    swapLimitBytes: null,
    softLimitBytes: null,
    failcnt: null,
    oomControl: null,
    events: null,
    eventsLocal: null,
    stat: new Map(),
    pressure: null,
    oomGroup: null,
    pids: null,
    populated: null,
    kmemUsageBytes: null,
    tcpUsageBytes: null,
    hugetlbUsageBytes: null,
    ...change,
  }
}

export function processState(change: Partial<ProcessState> = {}): ProcessState {
  return {
    kind: 'process-state',
    pid: 4321,
    nsPids: [],
    parentPid: null,
    name: 'app',
    state: 'S',
    executable: null,
    command: ['app'],
    cgroupPaths: [PATH],
    rssBytes: null,
    anonRssBytes: null,
    fileRssBytes: null,
    shmemRssBytes: null,
    swapBytes: null,
    totalVmBytes: null,
    peakRssBytes: null,
    pageTableBytes: null,
    pssBytes: null,
    pssAnonBytes: null,
    pssFileBytes: null,
    pssShmemBytes: null,
    ussBytes: null,
    anonHugeBytes: null,
    hugetlbBytes: null,
    threads: null,
    oomScore: null,
    oomScoreAdj: null,
    uid: null,
    stack: [],
    startTicks: null,
    ...change,
  }
}

export function podContainer(change: Partial<PodContainer> = {}): PodContainer {
  return {
    name: 'app',
    role: 'main',
    containerId: ID,
    image: 'shop/cart:1',
    memoryRequestBytes: null,
    memoryLimitBytes: 100 * MIB,
    command: [],
    env: [],
    restartCount: 0,
    ready: null,
    state: null,
    lastState: null,
    ...change,
  }
}

/** Killed for its memory just now. */
export function podContainerState(change: Partial<PodContainerState> = {}): PodContainerState {
  return {
    phase: 'terminated',
    reason: 'OOMKilled',
    message: null,
    exitCode: 137,
    signal: null,
    startedAt: null,
    finishedAt: NOW,
    containerId: null,
    ...change,
  }
}

export function podState(change: Partial<PodState> = {}): PodState {
  return {
    kind: 'pod-state',
    namespace: 'shop',
    name: 'cart-0',
    uid: '3f0e6a34-1c1f-4d5e-9a63-0b6f3c8d2a11',
    node: 'node-1',
    phase: 'Running',
    reason: null,
    message: null,
    qosClass: 'Burstable',
    restartPolicy: 'Always',
    podMemoryLimitBytes: null,
    containers: [podContainer()],
    ...change,
  }
}

/** Samples every `step` seconds that end one step before the kill; usage in MiB. */
export function samplesOf(
  usageMib: readonly number[],
  { step = 10, until = NOW, change = {} }: SampleOptions = {},
): Observation<MemorySamples> {
  const samples = usageMib.map((mib, index): MemorySample => ({
    at: until - (usageMib.length - index) * step * 1_000,
    usageBytes: mib * MIB,
    anonBytes: mib * MIB,
    fileBytes: 0,
    shmemBytes: 0,
    swapBytes: 0,
    limitBytes: 100 * MIB,
    limitHits: null,
    pageMajorFaults: null,
    ...change,
  }))
  return seen({ kind: 'memory-samples', samples }, until, 'cgroup')
}

interface SampleOptions {
  step?: number
  /** End of the series. */
  until?: number
  change?: Partial<MemorySample>
}

/** A kill at the own limit of a Docker container that had run for an hour. */
export function incident(change: Partial<Incident> = {}): Incident {
  return {
    subject: { platform: 'docker', name: 'web', id: ID, image: 'shop/web:1' },
    at: NOW,
    path: PATH,
    reports: [seen(oomReport())],
    earlierKills: [],
    mainProcessDied: true,
    startedAt: NOW - 3_600_000,
    ending: null,
    alive: false,
    container: null,
    pod: null,
    podContainer: null,
    events: [],
    kubernetesEvents: [],
    node: null,
    kubelet: null,
    workload: null,
    figures: null,
    mesos: [],
    tasksOfApp: [],
    launch: null,
    marathon: null,
    groups: { own: null, ancestors: [], nested: [] },
    processes: [],
    runtimeOoms: [],
    hints: [],
    userspaceKills: [],
    panics: [],
    faults: [],
    suppressed: [],
    samples: null,
    runtimeMemory: [],
    blackBox: null,
    hostMemory: null,
    hostStates: [],
    coverage: [],
    killsInAll: 1,
    lives: [],
    ...change,
  }
}

/** What the engine made of an incident: a kill at the own limit of 100 MiB, with these causes. */
export function judgement(
  causes: readonly CauseCode[] = [],
  change: Partial<Case> = {},
): Judgement {
  const { id: _id, remedies: _remedies, lives: _lives, ...judged } = sampleCase()
  return {
    ...judged,
    binding: {
      scope: 'container',
      path: PATH,
      limitBytes: 100 * MIB,
      usageBytes: 100 * MIB,
      hostAvailableBytes: null,
    },
    victims: [task(4321, 'app', 98)],
    causes: causes.map((code) => ({ code, confidence: 'likely', summary: code, because: ['e1'] })),
    ...change,
  }
}

/** The memory of a machine, of which nothing is known but what is said here. */
export function hostWith(change: Partial<HostMemory> = {}): HostMemory {
  return {
    kind: 'host-memory',
    totalBytes: null,
    freeBytes: null,
    availableBytes: null,
    swapTotalBytes: null,
    swapFreeBytes: null,
    dirtyBytes: null,
    writebackBytes: null,
    fields: new Map(),
    ...change,
  }
}

/** A container of a pod elsewhere that lives, with a limit of 100 MiB, as its kubelet's page alone tells of it. */
export function toldByKubelet(
  figures: Partial<KubeletFigures> = {},
  change: Partial<Incident> = {},
): Incident {
  const fact: KubeletFigures = {
    ...NO_FIGURES,
    node: null,
    namespace: 'shop',
    pod: 'web',
    container: 'app',
    podUid: null,
    image: null,
    source: 'metrics/cadvisor',
    limitBytes: 100 * MIB,
    ...figures,
  }
  return incident({ reports: [], alive: true, figures: seen(fact), ...change })
}
