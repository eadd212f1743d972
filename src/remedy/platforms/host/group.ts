import { cgroupAncestors, describeCgroupPath } from '../../../evidence/cgroup-path.ts'
import { formatBytes, limitOrNull } from '../../../model/bytes.ts'
import { unreachableError, usageError, type StellaError } from '../../../model/errors.ts'
import type { CgroupState } from '../../../model/facts.ts'
import type { ChangePlan, FixStep } from '../../../model/fix.ts'
import { quote } from '../../../advice/shell.ts'
import {
  findMemoryHierarchy,
  folderOf,
  pathInHierarchy,
  type MemoryHierarchy,
} from '../../../sources/cgroup/hierarchy.ts'
import { whyUncounted } from '../../../sources/cgroup/uncounted.ts'
import { errorCode } from '../../../model/error-code.ts'
import { textOrNull, type Reader } from '../../../sources/reader.ts'
import { conflict } from '../../conflict.ts'
import { groupState } from '../../../sources/cgroup/group.ts'
import { refuseBelowUse } from '../../in-use.ts'
import { accessError } from '../../text-edit/file.ts'
import { readControl, writeControl } from './control-file.ts'
import type { GroupData } from './step.ts'

/** Limits count in pages: 4 KiB on most machines, and never more than this. */
const PAGE_BYTES = 4096
const LARGEST_PAGE_BYTES = 65_536

export interface Wish {
  path: string
  limitBytes: number
  /** What reclaim shall leave alone: memory.low, and on v1 the soft limit. Null: as it is. */
  requestBytes: number | null
}

/** @throws StellaError where there is no such group, or what it uses does not fit into the limit */
export function planGroup(wish: Wish, reader: Reader): ChangePlan {
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) throw gone(wish.path, 'no memory controller is mounted')
  const path = pathInHierarchy(hierarchy, wish.path)
  const state = groupState(reader, hierarchy, path)
  const folder = folderOf(hierarchy, path)
  if (state === null || folder === null) throw gone(path, 'there is no such memory group')
  refuseOwned(path)
  const uncounted = whyUncounted(reader, hierarchy, path)
  if (uncounted !== null) throw unreachableError(uncounted.what, path, uncounted.todo)
  const limitBytes = wish.limitBytes - (wish.limitBytes % PAGE_BYTES)
  refuseBelowUse(path, state, limitBytes)
  const steps = [
    ...limitSteps(reader, hierarchy, path, folder, limitBytes),
    ...requestSteps(reader, hierarchy, path, folder, wish.requestBytes),
  ].filter(({ before, after }) => !holds(before, after))
  if (steps.length === 0) {
    throw usageError('has this limit already', path, 'ask for another one')
  }
  return {
    platform: 'host',
    target: { kind: 'cgroup', path: wish.path },
    method: 'in-place',
    title: `Give the group ${path} a memory limit of ${formatBytes(limitBytes)}`,
    risk: 'low',
    warnings: [
      'It holds until the group is removed or the machine boots',
      ...ownerWarning(path),
      ...highWarning(state, limitBytes),
      ...lowerAbove(reader, hierarchy, path, limitBytes),
    ],
    changes: steps.map(({ file, before, after }) => ({
      field: nameOf(file),
      before: inWords(before),
      after: inWords(after),
    })),
    diff: '',
    steps: steps.map(groupStep),
    workload: { image: null, imageId: null, command: [] },
  }
}

function gone(path: string, what: string): StellaError {
  return unreachableError(what, path, "see the groups that there are with 'stella top'")
}

function refuseOwned(path: string): void {
  if (path === '/') {
    throw usageError('the root group has no limit', path, 'name a group below it')
  }
  const { podUid } = describeCgroupPath(path)
  if (podUid === null) return
  throw usageError(
    'the group belongs to a pod, and the kubelet would write its own limit again',
    path,
    'change the pod: stella fix k8s:NAMESPACE/POD',
  )
}

/** On v1 the limit of memory and swap together is never below that of memory, and goes first where both go up. */
function limitSteps(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
  folder: string,
  limitBytes: number,
): GroupData[] {
  const step = (name: string, after: number, limitsMemory: boolean): GroupData => {
    const file = `${folder}/${name}`
    const before = readControl(reader, file)
    return { kind: 'group-file', path, file, before, after: String(after), limitsMemory }
  }
  if (hierarchy.version === 2) return [step('memory.max', limitBytes, true)]
  const memory = step('memory.limit_in_bytes', limitBytes, true)
  const total = limitOrNull(bytesOf(textOrNull(reader, `${folder}/memory.memsw.limit_in_bytes`)))
  if (total === null) return [memory]
  const beside = total - (limitOrNull(bytesOf(memory.before)) ?? total)
  const both = step('memory.memsw.limit_in_bytes', limitBytes + beside, false)
  return limitBytes > (bytesOf(memory.before) ?? 0) ? [both, memory] : [memory, both]
}

function requestSteps(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
  folder: string,
  requestBytes: number | null,
): GroupData[] {
  if (requestBytes === null) return []
  const file = `${folder}/${hierarchy.version === 1 ? 'memory.soft_limit_in_bytes' : 'memory.low'}`
  const after = String(requestBytes - (requestBytes % PAGE_BYTES))
  const before = readControl(reader, file)
  return [{ kind: 'group-file', path, file, before, after, limitsMemory: false }]
}

function groupStep(data: GroupData): FixStep {
  const { file, after } = data
  return {
    id: nameOf(file),
    says: `write ${after} to ${file}`,
    command: `echo ${after} > ${quote(file)}`,
    data,
  }
}

function ownerWarning(path: string): string[] {
  const { containerId, engine } = describeCgroupPath(path)
  const unit = path.split('/').at(-1) ?? ''
  if (containerId !== null) {
    return [
      `${engine ?? 'The engine'} does not learn of it: inspect goes on showing the earlier limit, and its next update writes over this one`,
    ]
  }
  return /\.(?:service|slice|scope)$/.test(unit)
    ? [
        `systemd does not learn of it and may write over it: systemctl set-property ${quote(unit)} keeps it`,
      ]
    : []
}

function highWarning({ highBytes }: CgroupState, limitBytes: number): string[] {
  return highBytes === null || highBytes >= limitBytes
    ? []
    : [`memory.high stays at ${formatBytes(highBytes)} and slows the group down from there on`]
}

function lowerAbove(
  reader: Reader,
  hierarchy: MemoryHierarchy,
  path: string,
  limitBytes: number,
): string[] {
  return cgroupAncestors(path).flatMap((above) => {
    const bound = groupState(reader, hierarchy, above)?.limitBytes ?? null
    return bound === null || bound >= limitBytes
      ? []
      : [`The group ${above} is limited to ${formatBytes(bound)}, which still holds`]
  })
}

export function carryOutGroup(data: GroupData, reader: Reader): void {
  const now = readControl(reader, data.file)
  if (holds(now, data.after)) return
  if (now !== data.before) throw changedSince(data, now)
  move(data, data.after, reader)
}

export function takeBackGroup(data: GroupData, reader: Reader, force: boolean): void {
  const now = controlOrGone(data, reader)
  if (now === null || now === data.before) return
  if (!holds(now, data.after) && !force) throw changedSince(data, now)
  move(data, data.before, reader)
}

/** A group that was removed took its limits along: there is nothing left to take back. */
function controlOrGone({ file }: GroupData, reader: Reader): string | null {
  return textOrNull(reader, file)?.trim() ?? null
}

function move({ path, file, limitsMemory }: GroupData, value: string, reader: Reader): void {
  const hierarchy = findMemoryHierarchy(reader)
  const state = hierarchy === null ? null : groupState(reader, hierarchy, path)
  const bytes = bytesOf(value)
  if (limitsMemory && bytes !== null && state !== null) refuseBelowUse(path, state, bytes)
  let now: string
  try {
    now = writeControl(reader, file, value)
  } catch (error) {
    // v1 tries to reclaim, and refuses where that does not help.
    if (errorCode(error) !== 'EBUSY') throw accessError(error, 'write', file)
    throw usageError(
      `${formatBytes(state?.usageBytes ?? 0)} are in use, and the kernel could not get below ${formatBytes(bytes ?? 0)}`,
      file,
      'ask for more, or let it use less first',
    )
  }
  if (holds(now, value)) return
  throw conflict(`holds ${now} instead of ${value}`, file, 'see what else writes to it')
}

/** As it was written, or rounded down to a page. */
function holds(now: string, wanted: string): boolean {
  if (now === wanted) return true
  const [has, want] = [bytesOf(now), bytesOf(wanted)]
  return has !== null && want !== null && has <= want && want - has < LARGEST_PAGE_BYTES
}

function changedSince({ file }: GroupData, now: string): StellaError {
  return conflict(
    `is ${now} now: somebody else changed it`,
    file,
    'decide by hand which limit it shall have',
  )
}

/** Null for `max` and for what is no number. */
function bytesOf(text: string | null): number | null {
  return text !== null && /^\d{1,20}\s*$/.test(text) ? Number(text) : null
}

/** `max`, and the number that v1 writes for it, are no limit. */
function inWords(value: string): string {
  const bytes = limitOrNull(bytesOf(value))
  return bytes === null ? 'no limit' : formatBytes(bytes)
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}
