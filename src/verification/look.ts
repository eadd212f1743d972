/** Looks at a living subject: what it is, what it may have, what it has. */
import * as z from 'zod/mini'
import type { World } from '../model/evidence.ts'
import type { PodContainer } from '../model/cluster.ts'
import type { CgroupState, ContainerState, ProcessState } from '../model/facts.ts'
import type { Change, FixTarget, Workload } from '../model/fix.ts'
import type { Target } from '../model/subject.ts'
import type { Instant } from '../model/time.ts'
import { stateSample } from '../parsers/series/group-sample.ts'
import { engines } from '../sources/docker/index.ts'
import { textOrNull } from '../sources/reader.ts'
import type { Reader } from '../sources/reader.ts'
import { lookAtApp } from './app-look.ts'
import {
  containerIn,
  factsIn,
  groupAt,
  limitedPath,
  oldestProcess,
  podContainerIn,
  ownPath,
  processIn,
} from './own-group.ts'
import type { Look } from './seen.ts'

export interface LookedFor {
  target: Target
  /** What a fix changed; null: no fix is known. */
  fixTarget: FixTarget | null
  change: Change | null
}

/** What a world, read just now, says about the subject. */
export async function lookAt(world: World, order: LookedFor, reader: Reader): Promise<Look> {
  const { target } = order
  const at = reader.now()
  if (target.kind === 'marathon') return lookAtApp(world, order.change, at)
  const container = containerIn(world)
  const own = ownPath(world, target)
  const main = mainProcess(world, target, container, own)
  const limited = groupAt(world, limitedPath(world, own, order.fixTarget))
  const inPod = podContainerIn(world, target)
  // What runs it on its node is told by the API server, from wherever it is asked.
  if (inPod !== null && container === null) return lookAtPod(inPod, at)
  return {
    at,
    running: isRunning(target, container, groupAt(world, own), main),
    id: container?.id ?? (main === null ? null : `${main.pid}/${main.startTicks}`),
    startedAt: container?.startedAt ?? startOf(world, main),
    restartCount: container?.restartCount ?? null,
    workload: container === null ? workloadOf(main) : await workloadIn(container, reader),
    limit: limited === null ? null : limited.unlimited ? 'none' : limited.limitBytes,
    configuredLimitBytes: isOwnLimit(order, limited, own)
      ? (container?.memoryLimitBytes ?? null)
      : null,
    sample: limited === null ? null : stateSample(at, limited),
    countsFromStart: container !== null && limited?.path === own,
    settings: settingsNow(order.change, container?.pid ?? main?.pid ?? null, reader),
  }
}

/** What the engine has written down is the limit of the container itself, and not of a group above it. */
function isOwnLimit(order: LookedFor, limited: CgroupState | null, own: string | null): boolean {
  if (limited !== null) return limited.path === own
  return order.fixTarget?.kind !== 'cgroup' && order.fixTarget?.kind !== 'unit'
}

/** The kernel's counters are on its node, and stay unknown here. */
function lookAtPod(container: PodContainer, at: Look['at']): Look {
  const { state, image, command, containerId, restartCount, memoryLimitBytes } = container
  return {
    at,
    running: state === null ? null : state.phase === 'running',
    id: containerId,
    startedAt: state?.startedAt ?? null,
    restartCount,
    workload: { image, imageId: null, command },
    limit: memoryLimitBytes ?? 'none',
    configuredLimitBytes: memoryLimitBytes,
    sample: null,
    countsFromStart: false,
    settings: null,
  }
}

export function hostBytesIn(world: World): number | null {
  return factsIn(world, 'host-memory')[0]?.totalBytes ?? null
}

function mainProcess(
  world: World,
  target: Target,
  container: ContainerState | null,
  own: string | null,
): ProcessState | null {
  if (container !== null) return container.pid === null ? null : processIn(world, container.pid)
  if (target.kind === 'process') return processIn(world, target.pid)
  return own === null ? null : oldestProcess(world, own)
}

function isRunning(
  target: Target,
  container: ContainerState | null,
  group: CgroupState | null,
  main: ProcessState | null,
): boolean | null {
  if (target.kind === 'host') return true
  if (container !== null) return container.running
  if (main !== null) return main.state !== 'Z'
  return group === null ? false : (group.populated ?? (group.pids?.length ?? 0) > 0)
}

/** The kernel tells starts in ticks after boot, a hundred a second on every architecture (USER_HZ, proc_pid_stat(5)). */
const TICKS_PER_SECOND = 100

function startOf(world: World, main: ProcessState | null): Instant | null {
  const bootAt = factsIn(world, 'host-state').find((state) => state.bootAt !== null)?.bootAt ?? null
  const ticks = main?.startTicks ?? null
  return bootAt === null || ticks === null ? null : bootAt + (ticks / TICKS_PER_SECOND) * 1_000
}

function workloadOf(main: ProcessState | null): Workload | null {
  return main === null ? null : { image: null, imageId: null, command: main.command }
}

/** The image by its id: a name may have been given to another one since. */
const Image = z.object({ Image: z.optional(z.string()) })
const Inspected = z.union([z.array(Image), Image])
const INSPECT_MS = 5_000

async function workloadIn(container: ContainerState, reader: Reader): Promise<Workload> {
  const { image, command } = container
  for (const engine of engines(reader, container.engine)) {
    const answer = await engine.inspect(container.id, AbortSignal.timeout(INSPECT_MS))
    if (answer.outcome !== 'answered') continue
    return { image, imageId: imageIdIn(answer.text), command }
  }
  return { image, imageId: null, command }
}

function imageIdIn(text: string): string | null {
  try {
    const read = Inspected.safeParse(JSON.parse(text))
    if (!read.success) return null
    const first = Array.isArray(read.data) ? read.data[0] : read.data
    return first?.Image ?? null
  } catch {
    return null
  }
}

/** Variables as the living main process has them, kernel settings as the kernel has them. */
function settingsNow(change: Change | null, pid: number | null, reader: Reader): Look['settings'] {
  if (change === null || !('set' in change)) return null
  const names = Object.keys(change.set)
  if (change.kind === 'sysctl') {
    const read = (name: string): string | null =>
      textOrNull(reader, `/proc/sys/${name.replaceAll('.', '/')}`)?.trim() ?? null
    return Object.fromEntries(names.map((name) => [name, read(name)]))
  }
  const environment = pid === null ? null : textOrNull(reader, `/proc/${pid}/environ`)
  if (environment === null) return null
  const words = environment.split('\0')
  const valueOf = (name: string): string | null =>
    words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null
  return Object.fromEntries(names.map((name) => [name, valueOf(name)]))
}
