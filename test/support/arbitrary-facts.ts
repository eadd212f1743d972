import fc from 'fast-check'
import type { Fact, FactKind, FactOf } from '../../src/model/facts.ts'
import type { Observation, World } from '../../src/model/evidence.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(value, { nil: null })
const textOrNull = orNull(text)
const number = fc
  .oneof(fc.nat(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map(withoutMinusZero)
const numberOrNull = orNull(number)
const flag = fc.boolean()
const flagOrNull = orNull(flag)
const texts = fc.array(text, { maxLength: 3 })
const numbers = mapOf(number)

/** JSON has no minus zero. */
function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value
}

function mapOf<T>(value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> {
  return fc.array(fc.tuple(text, value), { maxLength: 3 }).map((pairs) => new Map(pairs))
}

function withOptional<T, K extends string, V>(
  key: K,
  value: fc.Arbitrary<V>,
  rest: fc.Arbitrary<T>,
): fc.Arbitrary<T & { [k in K]?: V }> {
  return fc
    .tuple(rest, fc.record({ [key]: value }, { requiredKeys: [] }))
    .map(([required, optional]) => ({ ...required, ...optional }))
}

const processFields = {
  pid: number,
  name: text,
  rssBytes: numberOrNull,
  anonRssBytes: numberOrNull,
  fileRssBytes: numberOrNull,
  shmemRssBytes: numberOrNull,
  totalVmBytes: numberOrNull,
  pageTableBytes: numberOrNull,
  swapBytes: numberOrNull,
  oomScoreAdj: numberOrNull,
  badness: numberOrNull,
  uid: numberOrNull,
}
const counter = orNull(
  fc.record({ usageBytes: number, limitBytes: numberOrNull, failcnt: numberOrNull }),
)
const pressureLine = fc.record({
  avg10: number,
  avg60: number,
  avg300: number,
  totalMicroseconds: number,
})
const pressure = orNull(fc.record({ some: orNull(pressureLine), full: orNull(pressureLine) }))
const events = orNull(
  fc.record({
    low: numberOrNull,
    high: numberOrNull,
    max: numberOrNull,
    oom: numberOrNull,
    oomKill: numberOrNull,
    oomGroupKill: numberOrNull,
  }),
)
const engine = fc.constantFrom('docker', 'podman')
const podContainerState = orNull(
  fc.record({
    phase: fc.constantFrom('waiting', 'running', 'terminated'),
    reason: textOrNull,
    message: textOrNull,
    exitCode: numberOrNull,
    signal: numberOrNull,
    startedAt: numberOrNull,
    finishedAt: numberOrNull,
    containerId: textOrNull,
  }),
)

/** One arbitrary for each kind of fact; the compiler asks for the missing ones. */
export const FACTS: { readonly [K in FactKind]: fc.Arbitrary<FactOf<K>> } = {
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
          totalRamBytes: numberOrNull,
          freeBytes: numberOrNull,
          totalSwapBytes: numberOrNull,
          freeSwapBytes: numberOrNull,
        }),
      ),
      processes: fc.array(fc.record(processFields), { maxLength: 2 }),
      pageSizeBytes: numberOrNull,
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
    rssBytes: numberOrNull,
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
  'container-state': fc.record({
    kind: fc.constant('container-state'),
    engine,
    id: text,
    name: textOrNull,
    image: textOrNull,
    status: textOrNull,
    running: flagOrNull,
    pid: numberOrNull,
    exitCode: numberOrNull,
    oomKilled: flagOrNull,
    error: textOrNull,
    startedAt: numberOrNull,
    finishedAt: numberOrNull,
    restartCount: numberOrNull,
    restartPolicy: textOrNull,
    memoryLimitBytes: numberOrNull,
    memorySwapBytes: numberOrNull,
    memorySwapUnlimited: flag,
    memoryReservationBytes: numberOrNull,
    shmSizeBytes: numberOrNull,
    oomKillDisable: flag,
    oomScoreAdj: numberOrNull,
    cgroupParent: textOrNull,
    command: texts,
    env: texts,
    labels: fc.dictionary(fc.stringMatching(/^[a-z.]{1,9}$/), text, { noNullPrototype: true }),
    health: textOrNull,
  }),
  'container-event': fc.record({
    kind: fc.constant('container-event'),
    engine,
    id: text,
    name: textOrNull,
    image: textOrNull,
    action: text,
    exitCode: numberOrNull,
    signal: numberOrNull,
    execId: textOrNull,
  }),
  'container-stats': fc.record({
    kind: fc.constant('container-stats'),
    id: textOrNull,
    name: textOrNull,
    usageBytes: numberOrNull,
    limitBytes: numberOrNull,
    maxUsageBytes: numberOrNull,
    failcnt: numberOrNull,
    stat: numbers,
  }),
  'cgroup-state': fc.record({
    kind: fc.constant('cgroup-state'),
    path: textOrNull,
    version: fc.constantFrom(1, 2),
    usageBytes: numberOrNull,
    limitBytes: numberOrNull,
    unlimited: flag,
    highBytes: numberOrNull,
    minBytes: numberOrNull,
    lowBytes: numberOrNull,
    peakBytes: numberOrNull,
    swapUsageBytes: numberOrNull,
    swapLimitBytes: numberOrNull,
    softLimitBytes: numberOrNull,
    failcnt: numberOrNull,
    oomControl: orNull(fc.record({ killDisable: flag, underOom: flag, oomKill: numberOrNull })),
    events,
    eventsLocal: events,
    stat: numbers,
    pressure,
    oomGroup: flagOrNull,
    pids: orNull(fc.array(number, { maxLength: 3 })),
    populated: flagOrNull,
    kmemUsageBytes: numberOrNull,
    tcpUsageBytes: numberOrNull,
    hugetlbUsageBytes: numberOrNull,
  }),
  'process-state': fc.record({
    kind: fc.constant('process-state'),
    pid: number,
    nsPids: fc.array(number, { maxLength: 3 }),
    parentPid: numberOrNull,
    name: textOrNull,
    state: textOrNull,
    executable: textOrNull,
    command: texts,
    cgroupPaths: texts,
    rssBytes: numberOrNull,
    anonRssBytes: numberOrNull,
    fileRssBytes: numberOrNull,
    shmemRssBytes: numberOrNull,
    swapBytes: numberOrNull,
    totalVmBytes: numberOrNull,
    peakRssBytes: numberOrNull,
    pageTableBytes: numberOrNull,
    pssBytes: numberOrNull,
    pssAnonBytes: numberOrNull,
    pssFileBytes: numberOrNull,
    pssShmemBytes: numberOrNull,
    ussBytes: numberOrNull,
    anonHugeBytes: numberOrNull,
    hugetlbBytes: numberOrNull,
    threads: numberOrNull,
    oomScore: numberOrNull,
    oomScoreAdj: numberOrNull,
    uid: numberOrNull,
    stack: texts,
    startTicks: numberOrNull,
  }),
  'host-memory': fc.record({
    kind: fc.constant('host-memory'),
    totalBytes: numberOrNull,
    freeBytes: numberOrNull,
    availableBytes: numberOrNull,
    swapTotalBytes: numberOrNull,
    swapFreeBytes: numberOrNull,
    dirtyBytes: numberOrNull,
    writebackBytes: numberOrNull,
    fields: numbers,
  }),
  'host-state': fc.record({
    kind: fc.constant('host-state'),
    bootAt: numberOrNull,
    kernelVersion: textOrNull,
    vmstat: numbers,
    pressure,
    sysctls: mapOf(text),
  }),
  'pod-state': fc.record({
    kind: fc.constant('pod-state'),
    namespace: text,
    name: text,
    uid: textOrNull,
    node: textOrNull,
    phase: textOrNull,
    reason: textOrNull,
    message: textOrNull,
    qosClass: textOrNull,
    restartPolicy: textOrNull,
    podMemoryLimitBytes: numberOrNull,
    containers: fc.array(
      fc.record({
        name: text,
        role: fc.constantFrom('init', 'main', 'ephemeral', 'sidecar'),
        containerId: textOrNull,
        image: textOrNull,
        memoryRequestBytes: numberOrNull,
        memoryLimitBytes: numberOrNull,
        command: texts,
        env: texts,
        restartCount: numberOrNull,
        ready: flagOrNull,
        state: podContainerState,
        lastState: podContainerState,
      }),
      { maxLength: 2 },
    ),
  }),
  'kubernetes-event': fc.record({
    kind: fc.constant('kubernetes-event'),
    reason: text,
    message: text,
    type: textOrNull,
    namespace: textOrNull,
    objectKind: textOrNull,
    objectName: textOrNull,
    objectUid: textOrNull,
    count: numberOrNull,
  }),
  'node-state': fc.record({
    kind: fc.constant('node-state'),
    name: text,
    capacityMemoryBytes: numberOrNull,
    allocatableMemoryBytes: numberOrNull,
    memoryPressure: flagOrNull,
    kernelVersion: textOrNull,
    containerRuntime: textOrNull,
  }),
  'mesos-task': fc.record({
    kind: fc.constant('mesos-task'),
    taskId: textOrNull,
    app: textOrNull,
    state: textOrNull,
    reason: textOrNull,
    requestedBytes: numberOrNull,
    maxUsedBytes: numberOrNull,
    containerId: textOrNull,
    host: textOrNull,
    memoryLimitExceeded: flag,
    startedAt: numberOrNull,
    exitCode: numberOrNull,
    signal: numberOrNull,
  }),
  'marathon-launch': fc.record({
    kind: fc.constant('marathon-launch'),
    app: text,
    count: numberOrNull,
    delaySeconds: numberOrNull,
    overdue: flagOrNull,
  }),
  workload: fc.record({
    kind: fc.constant('workload'),
    namespace: text,
    pod: text,
    ownerKind: text,
    owner: text,
    revisions: fc.array(
      fc.record({
        revision: number,
        since: numberOrNull,
        containers: fc.array(
          fc.record({ name: text, image: textOrNull, memoryLimitBytes: numberOrNull }),
          { maxLength: 2 },
        ),
        oomKilled: number,
        restarts: number,
        pods: number,
      }),
      { maxLength: 2 },
    ),
  }),
  'marathon-app': fc.record({
    kind: fc.constant('marathon-app'),
    app: text,
    memoryBytes: numberOrNull,
    instances: numberOrNull,
    command: texts,
    env: texts,
    image: textOrNull,
    containerizer: fc.constantFrom('docker', 'mesos', null),
    executorBytes: numberOrNull,
    burst: fc.oneof(fc.record({ bytes: number }), fc.constantFrom('unlimited', null)),
    cpus: numberOrNull,
    backoff: orNull(fc.record({ seconds: number, factor: number, mostSeconds: number })),
    lastTaskFailure: orNull(
      fc.record({ taskId: textOrNull, host: textOrNull, message: textOrNull, at: numberOrNull }),
    ),
  }),
  'runtime-oom': fc.record({
    kind: fc.constant('runtime-oom'),
    runtime: fc.constantFrom('java', 'node', 'python', 'go', 'dotnet', 'redis', 'native'),
    area: text,
    message: text,
    fatal: flag,
  }),
  'log-hint': fc.record({
    kind: fc.constant('log-hint'),
    hint: fc.constantFrom('heap-limit', 'fork-snapshot', 'child-killed', 'last-line'),
    message: text,
    bytes: numberOrNull,
  }),
  'exit-status': fc.record({
    kind: fc.constant('exit-status'),
    exitCode: numberOrNull,
    signal: numberOrNull,
  }),
  'memory-samples': fc.record({
    kind: fc.constant('memory-samples'),
    samples: fc.array(
      fc.record({
        at: number,
        usageBytes: numberOrNull,
        anonBytes: numberOrNull,
        fileBytes: numberOrNull,
        shmemBytes: numberOrNull,
        swapBytes: numberOrNull,
        limitBytes: numberOrNull,
        limitHits: numberOrNull,
        pageMajorFaults: numberOrNull,
      }),
      { maxLength: 3 },
    ),
  }),
  'runtime-memory': fc.record({
    kind: fc.constant('runtime-memory'),
    runtime: fc.constantFrom('java', 'node', 'redis'),
    areas: numbers,
  }),
  'black-box': fc.record({
    kind: fc.constant('black-box'),
    service: textOrNull,
    host: textOrNull,
    pid: numberOrNull,
    path: textOrNull,
    tier: textOrNull,
    usageBytes: numberOrNull,
    unreclaimableBytes: numberOrNull,
    limitBytes: numberOrNull,
    heapBytes: numberOrNull,
    heapLimitBytes: numberOrNull,
    inFlight: numberOrNull,
    reservedBytes: numberOrNull,
    stalledMs: numberOrNull,
    left: flag,
    leftFor: textOrNull,
  }),
}

export const anyFact: fc.Arbitrary<Fact> = fc.oneof(...Object.values(FACTS))

const observation: fc.Arbitrary<Observation> = fc.record({
  source: fc.constantFrom('kmsg', 'cgroup', 'proc', 'docker', 'kubernetes', 'log'),
  at: numberOrNull,
  says: text,
  excerpt: text,
  from: text,
  fact: anyFact,
})

export const anyWorld: fc.Arbitrary<World> = fc.record({
  observations: fc.array(observation, { maxLength: 4 }),
  unknown: texts,
})
