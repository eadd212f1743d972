import type { Observation } from '../../model/evidence.ts'
import type { KubernetesEvent } from '../../model/cluster.ts'
import type { Instant } from '../../model/time.ts'
import type { Origin, StreamFormat, StreamReader } from '../format.ts'

import { parseInstant } from '../json-fields.ts'
import { openKernelLog } from '../kernel-log/index.ts'
import { detached, linesOf } from '../lines.ts'
import { WholeLines } from '../whole-lines.ts'
import { observe } from './observation.ts'

const MAX_EVENTS = 5_000
const MAX_LINE = 10_000
const TELLING_FILES = /\b(?:oom_watcher\w*|eviction_manager|kuberuntime_container)\.go:/

/** `I1121 06:32:34.599846   15167 oom_watcher_linux.go:76] …` (klog). */
const KLOG = /(?:^|[\s:])[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s+\d+ ([\w.-]+\.go):\d+\] (.*)$/

/**
 * What the kubelet's own log says about memory, and about ends that it asked for. In the journal of a node the kernel speaks
 * beside it.
 */
export const kubeletLog: StreamFormat = {
  id: 'kubelet-log',

  recognise(head) {
    // Every Kubernetes component logs in klog; these files belong to the kubelet alone.
    return /[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6}\s+\d+ (?:kubelet\w*|eviction_manager|helpers|oom_watcher\w*|kuberuntime_\w+|kubelet_\w+|pod_workers|topology_manager|reconciler\w*|operation_generator|image_gc_manager|container_manager\w*)\.go:\d+\]/.test(
      head,
    )
  },

  open: (origin) => new NodeLogReader(origin),
}

class NodeLogReader implements StreamReader {
  readonly #origin: Origin
  readonly #kernel: StreamReader
  readonly #lines = new WholeLines((text) => this.#read(text))
  readonly #observations: Observation[] = []
  #newlines = 0

  constructor(origin: Origin) {
    this.#origin = origin
    this.#kernel = openKernelLog(origin)
  }

  push(chunk: Uint8Array): void {
    this.#kernel.push(chunk)
    this.#lines.push(chunk)
  }

  finish(): Observation[] {
    this.#lines.finish()
    return [...this.#kernel.finish().filter((seen) => !isIdle(seen)), ...this.#observations]
  }

  #read(text: string): void {
    let last = 0
    for (const { number, text: line } of linesOf(text)) {
      last = number
      if (this.#observations.length >= MAX_EVENTS || !TELLING_FILES.test(line)) continue
      const observation = readKubeletLine(line, this.#newlines + number, this.#origin)
      if (observation !== null) this.#observations.push(observation)
    }
    this.#newlines += last
  }
}

/** Of klog's own files, in which the kernel never speaks, there is no time that its silence would cover. */
function isIdle({ fact }: Observation): boolean {
  return (
    fact.kind === 'kernel-log-coverage' && fact.firstAt === null && fact.firstBootSeconds === null
  )
}

function readKubeletLine(
  line: string,
  number: number,
  origin: Origin,
): Observation<KubernetesEvent> | null {
  const row = detached(line.slice(0, MAX_LINE))
  const match = KLOG.exec(row)
  const said = match === null ? null : readMessage(match[1] ?? '', match[2] ?? '')
  if (said === null) return null
  const at = said.at ?? prefixTime(row)
  return observe(origin, {
    fact: at === null ? { ...said.fact, ...yearlessOf(row) } : said.fact,
    at,
    says: said.says,
    excerpt: row,
    line: number,
  })
}

interface Said {
  fact: KubernetesEvent
  /** klog itself writes neither year nor time zone. */
  at: Instant | null
  says: string
}

function readMessage(file: string, message: string): Said | null {
  if (file.startsWith('oom_watcher')) return readOom(message)
  if (file === 'kuberuntime_container.go') return readKilling(message)
  return file === 'eviction_manager.go' ? readEviction(message) : null
}

/** pkg/kubelet/kuberuntime/kuberuntime_container.go: the id alone before 1.21, fields after. */
function readKilling(message: string): Said | null {
  if (!/^"?Killing container\b/.test(message)) return null
  const pod = podOf(/ pod="?([^"\s]+)/.exec(message)?.[1] ?? null)
  const id = /\b\w+:\/\/([0-9a-f]{12,64})/.exec(message)?.[1] ?? null
  if (pod === null && id === null) return null
  return {
    fact: event('Killing', message, 'Normal', pod),
    at: null,
    says: `The kubelet asked container ${id?.slice(0, 12) ?? `of pod ${pod?.name}`} to end`,
  }
}

/** pkg/kubelet/oom/oom_watcher_linux.go: the event is `&{pid process time container victim-container …}`. */
function readOom(message: string): Said | null {
  if (!/^"?Got sys oom event/.test(message)) return null
  const process = /&\{(\d+) (\S+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4})/.exec(
    message,
  )
  const victim = process === null ? '' : `, victim process ${process[2]}, pid ${process[1]}`
  return {
    fact: event('SystemOOM', message, 'Warning', null),
    at: parseInstant(process?.[3] ?? null),
    says: `The kubelet saw an out-of-memory event on its node${victim}`,
  }
}

/** pkg/kubelet/eviction/eviction_manager.go, in plain wordings and those of structured logging. */
function readEviction(message: string): Said | null {
  const text = message.replaceAll('"', '')
  if (/attempting to reclaim(?: resourceName=| )memory\b/.test(text))
    return {
      fact: event('EvictionThresholdMet', message, 'Warning', null),
      at: null,
      says: 'The kubelet tries to reclaim memory of its node',
    }
  if (/must evict pod\(s\) to reclaim(?: resourceName=| )memory\b/.test(text))
    return {
      fact: event('EvictionThresholdMet', message, 'Warning', null),
      at: null,
      says: 'The kubelet must evict pods to reclaim memory of its node',
    }
  const evicted =
    /pod (\S+) is evicted successfully/.exec(text) ??
    /[Pp]od is evicted successfully.* pod=(\S+)/.exec(text)
  const pod = podOf(evicted?.[1] ?? null)
  if (pod === null) return null
  return {
    fact: event('Evicted', message, 'Warning', pod),
    at: null,
    says: `The kubelet evicted pod ${pod.namespace}/${pod.name}`,
  }
}

/** `shop/cart-0`, or `cart-0_shop(49b36131-…)` before structured logging. */
function podOf(word: string | null): PodName | null {
  const newer = /^([a-z0-9-]+)\/([a-z0-9.-]+)$/.exec(word ?? '')
  if (newer !== null) return { namespace: newer[1] ?? '', name: newer[2] ?? '', uid: null }
  const older = /^([a-z0-9.-]+)_([a-z0-9-]+)\(([0-9a-f-]+)\)$/.exec(word ?? '')
  if (older === null) return null
  return { namespace: older[2] ?? '', name: older[1] ?? '', uid: older[3] ?? null }
}

interface PodName {
  namespace: string
  name: string
  uid: string | null
}

function event(
  reason: string,
  message: string,
  type: string,
  pod: PodName | null,
): KubernetesEvent {
  return {
    kind: 'kubernetes-event',
    reason,
    message: message.slice(0, 1_000),
    type,
    namespace: pod?.namespace ?? null,
    objectKind: pod === null ? 'Node' : 'Pod',
    objectName: pod?.name ?? null,
    objectUid: pod?.uid ?? null,
    count: null,
  }
}

/** journalctl -o short-iso puts a full time before the klog header. */
function prefixTime(row: string): Instant | null {
  return parseInstant(/^(\d{4}-\d\d-\d\dT\S+)\s/.exec(row)?.[1] ?? null)
}

function yearlessOf(row: string): { yearless?: number } {
  const match = /[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3})/.exec(row)
  if (match === null) return {}
  const [month = 1, day = 1, ...time] = match.slice(1).map(Number)
  const [hour = 0, minute = 0, second = 0, ms = 0] = time
  return { yearless: Date.UTC(1972, month - 1, day, hour, minute, second, ms) }
}
