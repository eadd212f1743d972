import { formatBytes } from '../../model/bytes.ts'
import type { Observation } from '../../model/evidence.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { FolderFormat } from '../folder.ts'
import type { Origin } from '../format.ts'
import { baseName, folderName } from '../lines.ts'
import { observation } from '../observe.ts'
import { processState } from './process-state.ts'

/** Files that can be told by their content, wherever they lie. */
const BY_CONTENT: ReadonlyMap<string, RegExp> = new Map([
  ['status', /^Name:\t.*\n(?:Umask:.*\n)?State:\t/],
  ['stat', /^\d+ \(.*\) [A-Za-z] \d+ -?\d+ /s],
  ['smaps_rollup', /^[0-9a-f]+-[0-9a-f]+ .*\[rollup\]\n/],
  ['cgroup', /^\d+:[^:\n]*:\//],
  ['limits', /^Limit +Soft Limit +Hard Limit/],
])

/** Files that only their folder, named by the PID, tells apart, and those that are known and not read. */
const BY_FOLDER = ['cmdline', 'comm', 'oom_score', 'oom_score_adj', 'statm', 'stack', 'wchan']
const NOT_READ =
  /^(?:mountinfo|mounts|environ|maps|smaps|io|sched|schedstat|oom_adj|sessionid|loginuid)$/

/** `stack-579.txt`: one file of one process, with the PID in its name. */
const WITH_PID =
  /^(status|stat|stack|wchan|smaps_rollup|cmdline|limits|oom_score|oom_score_adj)[-.](\d{1,9})(?:\.txt)?$/

/** The files of one process: /proc/PID as it is, or a copy of it anywhere. */
export const processFolder: FolderFormat = {
  id: 'process',
  recognise(head, path) {
    const name = baseName(path)
    if (WITH_PID.test(name)) return true
    if (BY_CONTENT.get(name)?.test(head.slice(0, 4096)) === true) return true
    return (
      (BY_FOLDER.includes(name) || NOT_READ.test(name)) && pidOfFolder(folderName(path)) !== null
    )
  },
  folderOf(path) {
    const pid = WITH_PID.exec(baseName(path))?.[2]
    return pid === undefined ? folderName(path) : `${folderName(path)}/${pid}`
  },
  parse: (text, origin) =>
    parseFolder(
      new Map([[baseName(origin.from), text]]),
      processFolder.folderOf(origin.from),
      origin,
    ),
  parseFolder,
}

function pidOfFolder(folder: string): number | null {
  const name = baseName(folder)
  return /^[1-9]\d{0,8}$/.test(name) ? Number(name) : null
}

function parseFolder(
  named: ReadonlyMap<string, string>,
  folder: string,
  origin: Origin,
): Observation[] {
  const files = new Map([...named].map(([name, text]) => [WITH_PID.exec(name)?.[1] ?? name, text]))
  const pid = pidOfFolder(folder) ?? pidInside(files)
  if (pid === null || isThread(files.get('status'))) return []
  const fact = processState(files, pid)
  if (saysNothing(fact)) return []
  return [observation(origin, { source: 'proc', says: says(fact), excerpt: excerpt(files), fact })]
}

function pidInside(files: ReadonlyMap<string, string>): number | null {
  const match =
    /^Pid:\t(\d{1,9})$/m.exec(files.get('status') ?? '') ??
    /^(\d{1,9}) \(/.exec(files.get('stat') ?? '')
  return match === null ? null : Number(match[1])
}

/** Files of /proc/PID/task: a thread shares its memory with its process, which is told by itself. */
function isThread(status: string | undefined): boolean {
  const group = /^Tgid:\t(\d+)$/m.exec(status ?? '')?.[1]
  return group !== undefined && group !== /^Pid:\t(\d+)$/m.exec(status ?? '')?.[1]
}

function saysNothing(state: ProcessState): boolean {
  const { kind: _kind, pid: _pid, ...rest } = state
  return Object.values(rest).every(
    (value) => value === null || (Array.isArray(value) && value.length === 0),
  )
}

function says(state: ProcessState): string {
  const parts = [
    state.state === null ? null : `state ${state.state}`,
    state.rssBytes === null ? null : `${formatBytes(state.rssBytes)} resident`,
    state.swapBytes === null || state.swapBytes === 0
      ? null
      : `${formatBytes(state.swapBytes)} swapped out`,
    state.oomScoreAdj === null ? null : `oom_score_adj ${state.oomScoreAdj}`,
    state.stack[0] === undefined ? null : `in ${state.stack[0]}`,
  ].filter((part) => part !== null)
  const subject = `process ${state.pid}${state.name === null ? '' : ` (${state.name})`}`
  return parts.length === 0 ? `${subject} was recorded` : `${subject}: ${parts.join(', ')}`
}

function excerpt(files: ReadonlyMap<string, string>): string {
  const status =
    files.get('status')?.match(/^(?:Name|State|Pid|NSpid|Vm(?:RSS|HWM|Swap)|Rss\w+):.*$/gm) ?? []
  const others = ['cmdline', 'cgroup', 'oom_score_adj', 'stack', 'wchan', 'smaps_rollup', 'stat']
  const told = others
    .filter((name) => files.has(name))
    .map((name) => `${name}: ${inline(files.get(name))}`)
  return [...status, ...told].join('\n')
}

function inline(text: string | undefined): string {
  return (text ?? '').slice(0, 300).replaceAll('\0', ' ').trim().replaceAll('\n', ', ')
}
