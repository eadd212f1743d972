import { setTimeout as sleep } from 'node:timers/promises'
import { redactBill } from '../evidence/redact.ts'
import type { Bill } from '../model/bill.ts'
import { EXIT, StellaError, unreachableError, usageError } from '../model/errors.ts'
import type { World } from '../model/evidence.ts'
import type { CgroupState } from '../model/facts.ts'
import type { Recording, Sample } from '../model/series.ts'
import type { KilledLife, SizingEvidence } from '../model/sizing.ts'
import type { Subject, Target } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import { modelOf } from '../sizing/models/index.ts'
import { needOf } from '../sizing/need.ts'
import { findMemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import type { MemoryHierarchy } from '../sources/cgroup/hierarchy.ts'
import { groupState } from '../sources/cgroup/group.ts'
import { hostReader } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { billFrom } from './bill.ts'
import { collectBill } from './collect-bill.ts'
import { podSizing } from './cluster/pod-sizing.ts'
import { collect } from './collect.ts'
import { ofKind } from './of-kind.ts'
import { sampleOf } from './sizing/sample.ts'
import { killsOf, placeOf, processPeakOf, startOf } from './sizing/facts.ts'

/** What a live target tells for its size; recordings of earlier times are the caller's to add. */
export interface SizingFound {
  evidence: SizingEvidence
  target: Target
  /** Its memory group while it lives; null: it does not. */
  path: string | null
}

/**
 * Collects what the size of a target rests on: the kernel's high-water mark, what it holds now, the limits around it, kills
 * that the kernel log and the engine tell, and how far its runtimes' settings let it grow.
 *
 * @throws StellaError as `collect` does; 2 for the machine, which has no limit; 3 for what is not on this machine
 */
export async function collectSizing(
  target: Target,
  options: { reader?: Reader } = {},
): Promise<SizingFound> {
  if (target.kind === 'host') {
    throw usageError(
      'the machine has no limit to size',
      null,
      'name a container, a group or a process',
    )
  }
  if (target.kind === 'marathon') {
    throw unreachableError(
      'nothing that is asked for live tells what its tasks needed at most: they are gone with their memory groups',
      `marathon:${target.app}`,
      "give its memory over time with 'stella size --series FILE' or --prometheus URL, or name its memory group on the agent, cgroup:/mesos/CONTAINER",
    )
  }
  const reader = options.reader ?? hostReader()
  if (target.kind === 'pod') return sizingOfPod(reader, target)
  const found = await collectBill(target, { reader, ask: true })
  const bill = billOrNull(found)
  const group = groupOf(found.target, bill)
  if (group !== null) return collectSizing(group, { reader })
  const { world } = bill?.moment === 'now' ? await collect(found.target, { reader }) : found
  const living = bill?.moment === 'now' ? bill : null
  return {
    evidence: evidenceFrom(found.world, {
      world,
      target: found.target,
      bill: living,
      at: reader.now(),
    }),
    target: found.target,
    path: living?.path ?? null,
  }
}

/** The group of a pod on this machine tells more than its kubelet, but for its limit and request, and for earlier kills. */
async function sizingOfPod(
  reader: Reader,
  asked: Extract<Target, { kind: 'pod' }>,
): Promise<SizingFound> {
  const { path, target, evidence } = await podSizing(reader, asked)
  if (path === null) return { evidence, target, path }
  const { evidence: own } = await collectSizing({ kind: 'cgroup', path }, { reader })
  const { subject, requestBytes, limitBytes, kills, heap } = evidence
  return {
    evidence: {
      ...own,
      subject,
      requestBytes,
      limitBytes: own.limitBytes ?? limitBytes,
      kills: own.kills.length === 0 ? kills : own.kills,
      heap,
    },
    target,
    path,
  }
}

/** A process has no limit of its own: its group has. */
function groupOf(target: Target, bill: Bill | null): Target | null {
  if (target.kind !== 'process' || bill?.scope !== 'process') return null
  if (bill.path === null || bill.path === '/') {
    throw unreachableError(
      'the process lives in no memory group of its own, so it has no limit to size',
      `pid:${target.pid}`,
      'name the container or the group that shall have the limit',
    )
  }
  return { kind: 'cgroup', path: bill.path }
}

function billOrNull({
  world,
  target,
  asked,
}: Awaited<ReturnType<typeof collectBill>>): Bill | null {
  try {
    return redactBill(billFrom(world, target, asked))
  } catch (error) {
    if (error instanceof StellaError && error.exitCode === EXIT.inconclusive) return null
    throw error
  }
}

function evidenceFrom(
  present: World,
  around: { world: World; target: Target; bill: Bill | null; at: Instant },
): SizingEvidence {
  const { world, target, bill, at } = around
  const place = placeOf(world, target)
  const own = ofKind(present.observations, 'cgroup-state').find(
    ({ fact }) => fact.path === bill?.path,
  )
  const sample = own === undefined ? null : sampleOf(own.fact, own.at ?? at)
  const kills = killsOf(world, target)
  const subject = bill?.subject ?? place.subject
  return {
    subject,
    recordings: sample === null ? [] : [recordingOf(subject, [sample])],
    peakBytes: bill === null ? null : (own?.fact.peakBytes ?? null),
    startedAt: bill === null ? null : startOf(present),
    processPeakBytes: bill === null ? null : processPeakOf(present),
    unreclaimableBytes:
      (sample === null ? null : needOf(sample)?.bytes) ?? bill?.unreclaimableBytes ?? null,
    kills,
    changedAt: null,
    limitBytes: bill?.limitBytes ?? place.limitBytes,
    requestBytes: place.requestBytes,
    ...swapOf(bill === null ? null : (own?.fact ?? null)),
    hostBytes: ofKind(world.observations, 'host-memory').at(-1)?.fact.totalBytes ?? null,
    aboveBytes: place.aboveBytes,
    runtimes: (bill?.runtimes ?? []).map(({ runtime }) => runtime),
    model: bill === null ? null : modelOf(bill),
    heap: place.heap,
    unknown: [...world.unknown, ...untold(sample, kills)],
    at,
  }
}

/** On cgroup v1 the limit is one of memory and swap together. */
function swapOf(group: CgroupState | null): Pick<SizingEvidence, 'swapLimitBytes' | 'swapBytes'> {
  return group?.version === 2
    ? { swapLimitBytes: group.swapLimitBytes, swapBytes: group.swapUsageBytes }
    : { swapLimitBytes: null, swapBytes: null }
}

/** A kernel log that is gone leaves the counter, which tells neither when nor at which limit: v1 counts kills for a limit above, too. */
function untold(sample: Sample | null, kills: readonly KilledLife[]): string[] {
  const counted = sample?.oomKills ?? 0
  return counted === 0 || kills.length > 0
    ? []
    : [`its group counts ${counted} kills for memory, and nothing tells at which limit they were`]
}

/** Samples that are taken at most while a target is watched. */
const MOST_SAMPLES = 600
const LEAST_STEP_MS = 1_000

/**
 * Watches a living group and gives what it held meanwhile; ends early where the group is gone.
 *
 * @param milliseconds how long
 */
export async function watchGroup(
  path: string,
  milliseconds: number,
  options: { reader?: Reader; subject?: Subject | null } = {},
): Promise<Recording> {
  const reader = options.reader ?? hostReader()
  const hierarchy = findMemoryHierarchy(reader)
  const step = Math.max(LEAST_STEP_MS, Math.ceil(milliseconds / MOST_SAMPLES))
  const samples: Sample[] = []
  const end = performance.now() + milliseconds
  for (;;) {
    const sample = hierarchy === null ? null : sampleNow(reader, hierarchy, path)
    if (sample === null) break
    // A clock that was set back must not turn time around.
    if (sample.at > (samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) samples.push(sample)
    if (performance.now() + step > end) break
    await sleep(step)
  }
  return recordingOf(options.subject ?? null, samples)
}

function sampleNow(reader: Reader, hierarchy: MemoryHierarchy, path: string): Sample | null {
  const state = groupState(reader, hierarchy, path)
  return state === null ? null : sampleOf(state, reader.now())
}

function recordingOf(subject: Subject | null, samples: readonly Sample[]): Recording {
  return {
    subject,
    source: 'stella',
    group: { subject: 'group', name: null, process: null, samples, marks: [] },
    processes: [],
    regions: [],
    unknown: [],
  }
}
