import { programOf } from '../../parsers/kubernetes/pod.ts'
import { containerSpecs, containerStatuses } from '../../parsers/kubernetes/pod-parts.ts'
import { EXIT, StellaError, usageError } from '../../model/errors.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import { NO_SAMPLE } from '../../model/series.ts'
import type { Sample } from '../../model/series.ts'
import { NO_EVIDENCE } from '../../model/sizing.ts'
import type { KilledLife, SizingEvidence } from '../../model/sizing.ts'
import type { Subject, Target } from '../../model/subject.ts'
import { field, instantField, isRecord, textField } from '../../parsers/json-fields.ts'
import { parseMemory } from '../../parsers/kubernetes/quantity.ts'
import type { Reader } from '../../sources/reader.ts'
import { toldHeap } from '../../verdict/runtime-heap.ts'
import { containersOf, podNow, type PodNow } from './pod-now.ts'

type PodTarget = Extract<Target, { kind: 'pod' }>
type ContainerTarget = PodTarget & { container: string }

/** What a container of a pod tells for its size. */
export interface PodSizing {
  /** Its group on this very machine, which tells far more; null: it runs elsewhere, and its kubelet told what it knows. */
  path: string | null
  target: PodTarget
  evidence: SizingEvidence
}

/**
 * Collects what the size of a container of a pod rests on, as the cluster tells it: its limit and request, kills that its
 * status still tells, and what its kubelet measures.
 *
 * @throws StellaError as `podNow` does; 2 where the pod has several containers and none is named; 4 where nobody tells what it
 *   uses
 */
export async function podSizing(reader: Reader, asked: PodTarget): Promise<PodSizing> {
  const [target, now] = await oneContainer(reader, asked)
  const { figures, path } = now
  const status = named(containerStatuses(now.pod), target)
  const spec = named(containerSpecs(now.pod), target)
  const limitBytes = parseMemory(field(spec, 'resources', 'limits', 'memory'))
  const { command, env } = programOf(spec)
  const kills = limitBytes === null ? [] : killsOf(status, limitBytes)
  if (path === null && figures === null && kills.length === 0) throw nothingTold(target, now)
  const subject: Subject = {
    platform: 'kubernetes',
    name: `${target.namespace}/${target.pod}/${target.container}`,
    id: textField(now.pod, 'metadata', 'uid'),
    image: textField(spec, 'image'),
  }
  return {
    path,
    target,
    evidence: {
      ...NO_EVIDENCE,
      subject,
      recordings: figures === null ? [] : [recordingOf(subject, sampleOf(figures, reader.now()))],
      peakBytes: figures?.peakBytes ?? null,
      startedAt: instantField(status, 'state', 'running', 'startedAt'),
      // Whatever of it could be given back, more than the working set is not needed now; with a high-water mark that is enough.
      unreclaimableBytes:
        figures === null || figures.peakBytes === null ? null : figures.workingSetBytes,
      kills,
      limitBytes,
      requestBytes: parseMemory(field(spec, 'resources', 'requests', 'memory')),
      heap: toldHeap(command, env),
      swapLimitBytes: figures?.swapLimitBytes ?? null,
      swapBytes: figures?.swapBytes ?? null,
      unknown: [...now.unknown, ...(figures === null ? [] : [wordsOf(figures)])],
      at: reader.now(),
    },
  }
}

async function oneContainer(
  reader: Reader,
  asked: PodTarget,
): Promise<[target: ContainerTarget, now: PodNow]> {
  const now = await podNow(reader, asked)
  const names = containersOf(now.pod)
  const container = asked.container ?? names[0] ?? ''
  if (asked.container === null && names.length > 1) {
    throw usageError(
      `the pod has ${names.length} containers, and each has a limit of its own`,
      `k8s:${asked.namespace}/${asked.pod}`,
      `name one of ${names.slice(0, 8).join(', ')}, as in k8s:${asked.namespace}/${asked.pod}/${container}`,
    )
  }
  const target = { ...asked, container }
  return [target, asked.container === null ? await podNow(reader, target) : now]
}

function named(list: readonly unknown[], { container }: ContainerTarget): unknown {
  return list.find((one) => textField(one, 'name') === container) ?? null
}

/** The last two ends that a status tells of. */
function killsOf(status: unknown, limitBytes: number): KilledLife[] {
  return ['state', 'lastState'].flatMap((key) => {
    const end = field(status, key, 'terminated')
    if (!isRecord(end) || textField(end, 'reason') !== 'OOMKilled') return []
    const at = instantField(end, 'finishedAt')
    const from = instantField(end, 'startedAt')
    return [
      { at, limitBytes, uptimeSeconds: at === null || from === null ? null : (at - from) / 1_000 },
    ]
  })
}

/** The kubelet does not tell tmpfs from page cache, so the working set is what is sure to be enough. */
function sampleOf(figures: KubeletFigures, now: number): Sample {
  const { usageBytes, workingSetBytes, rssBytes, kernelBytes, swapBytes, limitBytes, peakBytes } =
    figures
  return {
    ...NO_SAMPLE,
    at: figures.at ?? now,
    usageBytes,
    workingSetBytes,
    anonBytes: rssBytes,
    kernelBytes,
    swapBytes,
    limitBytes,
    peakBytes,
  }
}

function recordingOf(subject: Subject, sample: Sample): SizingEvidence['recordings'][number] {
  return {
    subject,
    source: 'kubernetes',
    group: { subject: 'group', name: null, process: null, samples: [sample], marks: [] },
    processes: [],
    regions: [],
    unknown: [],
  }
}

function wordsOf({ source, node }: KubeletFigures): string {
  const what =
    source === 'metrics-server'
      ? 'metrics-server tells the working set of one moment, up to a minute old'
      : `${source} of node ${node ?? '?'} tells one moment${source === 'metrics/cadvisor' ? ', and the most that was charged since its start, page cache and all' : ''}`
  return `${what}: its course over time is not known (--prometheus URL asks for it)`
}

function nothingTold(
  { namespace, pod, container }: ContainerTarget,
  { unknown }: PodNow,
): StellaError {
  return new StellaError({
    exitCode: EXIT.inconclusive,
    what: `nothing tells what it uses${unknown.length === 0 ? '' : ` (${unknown.join('; ')})`}`,
    where: `k8s:${namespace}/${pod}/${container}`,
    todo: 'ask for the right to get nodes/proxy, install metrics-server, or name a Prometheus with --prometheus',
  })
}
