/** A subject of an experiment, and what is asked for, for tests. */
import { GIB, MIB } from '../../src/model/bytes.ts'
import type { CgroupState } from '../../src/model/facts.ts'
import type { ExperimentDesk } from '../../src/cli/engine.ts'
import { ended, iso } from '../../src/pressure/journal.ts'
import type { Journal, PressureRecord, Status } from '../../src/pressure/journal.ts'
import { experimentDocument } from '../../src/pressure/document.ts'
import type { PressurePlan, Wish } from '../../src/pressure/plan.ts'
import type { SubjectSeen } from '../../src/pressure/subject.ts'

const GROUP: CgroupState = {
  kind: 'cgroup-state',
  path: '/stella-test-a',
  version: 1,
  usageBytes: 40 * MIB,
  limitBytes: 128 * MIB,
  unlimited: false,
  highBytes: null,
  minBytes: null,
  lowBytes: null,
  peakBytes: 50 * MIB,
  swapUsageBytes: null,
  swapLimitBytes: null,
  softLimitBytes: null,
  failcnt: 0,
  oomControl: { killDisable: false, underOom: false, oomKill: 0 },
  events: null,
  eventsLocal: null,
  stat: new Map([['total_rss', 32 * MIB]]),
  pressure: null,
  oomGroup: null,
  pids: [7],
  populated: null,
  kmemUsageBytes: null,
  tcpUsageBytes: null,
  hugetlbUsageBytes: null,
}

/** A group of 128 MiB that holds 32 MiB, on a machine of 16 GiB. */
export function subjectSeen({
  state,
  ...fields
}: Partial<Omit<SubjectSeen, 'state'>> & { state?: Partial<CgroupState> } = {}): SubjectSeen {
  return {
    named: 'cgroup:/stella-test-a',
    name: '/stella-test-a',
    path: '/stella-test-a',
    image: null,
    labels: {},
    env: [],
    hostName: 'build-7',
    ownPath: '/user.slice',
    fixTarget: { kind: 'cgroup', path: '/stella-test-a' },
    folder: '/sys/fs/cgroup/memory/stella-test-a',
    version: 1,
    mainPid: null,
    takesLeaf: true,
    host: {
      totalBytes: 16 * GIB,
      availableBytes: 8 * GIB,
      swapTotalBytes: 0,
      swapFreeBytes: 0,
      someAvg10: 0,
      fullAvg10: 0,
      oomKills: 0,
    },
    ...fields,
    state: { ...GROUP, ...state },
  }
}

export function wish(fields: Partial<Wish> = {}): Wish {
  return {
    pressure: {
      kind: 'memory',
      memory: 'anonymous',
      amount: { bytes: 32 * MIB },
      placement: null,
    },
    title: null,
    description: null,
    phases: { rampMs: 1_000, holdMs: 1_000 },
    probes: [],
    hostFloorBytes: null,
    psiCeiling: null,
    consent: false,
    ...fields,
  }
}

/** What is kept of an experiment that ended so. */
export function pressureRecord(
  { subject, experiment }: PressurePlan,
  { status, deviated, left = false }: { status: Status; deviated: boolean; left?: boolean },
): PressureRecord {
  const journal: Journal = {
    platform: 'Linux 6.1',
    node: subject.hostName,
    experiment: experimentDocument(subject.named, experiment),
    start: iso(0),
    end: null,
    duration: null,
    status: null,
    deviated: false,
    steady_states: { before: null, during: [], after: null },
    run: [],
    rollbacks: [],
    stella: { id: 'pressure-1', target: subject.named, why: null },
  }
  return {
    id: 'pressure-1',
    left,
    journal: ended(journal, 2_000, { status, deviated, why: null }),
    undo: { allocator: null, leaf: null },
  }
}

/** Finds what it is asked for, and all goes well with it. */
export function sampleExperiments(desk: Partial<ExperimentDesk> = {}): ExperimentDesk {
  return {
    list: () => [],
    read: () => null,
    see: async (named) => subjectSeen({ named }),
    run: async (plan) => pressureRecord(plan, { status: 'completed', deviated: false }),
    recover: async () => [],
    ...desk,
  }
}
