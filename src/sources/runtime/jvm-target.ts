import { listFolder, readText, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** Whom to speak to, and as whom. */
export interface JvmTarget {
  /** As we count it. */
  pid: number
  /** As the JVM counts it: its files are named after it. */
  innerPid: number
  /** Effective user and group, as we count them. */
  uid: number
  gid: number
  /** We are root, and it is not: we can take its place. */
  mayBecome: boolean
  /** SIGQUIT has a handler. */
  catchesQuit: boolean
  /** R, S, D, T, … */
  state: string
  /** With the PID, the identity of the process. */
  startTicks: string | null
}

export type TargetRead = { ok: true; target: JvmTarget } | { ok: false; why: string }

const MAX_THREADS = 4096
/** Bit of SIGQUIT (3) in the last digit of a signal mask. */
const QUIT = 0x4

/** Reads what /proc/PID/status says about a process. */
export function jvmTarget(reader: Reader, pid: number): TargetRead {
  const status = textOrNull(reader, `/proc/${pid}/status`)
  if (status === null) return { ok: false, why: `process ${pid} is gone` }
  // The effective ones: attachListener compares with geteuid and getegid.
  const uid = /^Uid:\t\d+\t(\d+)/m.exec(status)?.[1]
  const gid = /^Gid:\t\d+\t(\d+)/m.exec(status)?.[1]
  if (uid === undefined || gid === undefined) {
    return { ok: false, why: `/proc/${pid}/status does not say who runs it` }
  }
  const caught = /^SigCgt:\t[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? '0'
  return {
    ok: true,
    target: {
      pid,
      innerPid: Number(/^NSpid:.*\s(\d+)$/m.exec(status)?.[1] ?? pid),
      uid: Number(uid),
      gid: Number(gid),
      mayBecome:
        process.geteuid?.() === 0 && (Number(uid) !== 0 || Number(gid) !== process.getegid?.()),
      catchesQuit: (Number.parseInt(caught, 16) & QUIT) !== 0,
      state: /^State:\t(\w)/m.exec(status)?.[1] ?? '?',
      startTicks: startTicks(reader, pid),
    },
  }
}

/** Field 22 of stat; the name in field 2 may hold anything, its last parenthesis ends it. */
export function startTicks(reader: Reader, pid: number): string | null {
  const stat = textOrNull(reader, `/proc/${pid}/stat`)
  return /^.*\)(?: \S+){19} (\d+)/s.exec(stat ?? '')?.[1] ?? null
}

/**
 * Why SIGQUIT must not be sent to a process; null where it is surely a HotSpot JVM that waits for it. The default of SIGQUIT is
 * death with a core dump, and OpenJ9 writes a javacore file for it.
 */
export function whyNotToSignal(reader: Reader, target: JvmTarget): string | null {
  const { pid } = target
  if (!countsAsWeDo(reader)) {
    return 'processes are counted in another PID namespace here: run stella in that of the host'
  }
  if ('TtXxZ'.includes(target.state)) return 'it is stopped, or has ended'
  if (target.state === 'D' || isFrozen(reader, pid)) {
    return 'it is frozen (paused), or held up in the kernel'
  }
  const maps = readText(reader, `/proc/${pid}/maps`, 64 * 1024 * 1024)
  if (!maps.ok) return `/proc/${pid}/maps may not be read: it needs root or CAP_SYS_PTRACE`
  if (/\/libj9vm\w*\.so|\/j9vm\//.test(maps.text)) {
    return 'it is OpenJ9: it does not have the attach interface of HotSpot, and would write a javacore file'
  }
  if (!/\/libjvm\.so(?: \(deleted\))?$/m.test(maps.text)) return 'no JVM is loaded in it'
  if (isSwitchedOff(reader, pid, maps.text))
    return 'its attach interface is off: -XX:+DisableAttachMechanism'
  if (!target.catchesQuit || !hasDispatcher(reader, pid)) {
    return 'it does not wait for SIGQUIT: -Xrs, or it has only just started'
  }
  return null
}

/** Whether the PIDs of this /proc are those that kill(2) takes. */
function countsAsWeDo(reader: Reader): boolean {
  const self = textOrNull(reader, '/proc/self/stat')
  return self?.startsWith(`${process.pid} (`) === true
}

/** Tasks of a frozen group sleep in the freezer; those of cgroup v1 are in state D, those of v2 look like any that sleeps. */
function isFrozen(reader: Reader, pid: number): boolean {
  if (/refrigerator|freezer/.test(textOrNull(reader, `/proc/${pid}/wchan`) ?? '')) return true
  const group = /^0::(\/.*)$/m.exec(textOrNull(reader, `/proc/${pid}/cgroup`) ?? '')?.[1]
  if (group === undefined) return false
  return ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].some((mount) =>
    /^frozen 1$/m.test(textOrNull(reader, `${mount}${group}/cgroup.events`) ?? ''),
  )
}

/** HotSpot's thread for SIGQUIT and its like; without it (-Xrs) the signal is the program's own. The name is cut by the kernel or by Java. */
function hasDispatcher(reader: Reader, pid: number): boolean {
  const threads = listFolder(reader, `/proc/${pid}/task`)
  if (!threads.ok) return false
  return threads.folders
    .slice(0, MAX_THREADS)
    .some((thread) =>
      /^Signal (?:Dispatch|\.\.atcher)/.test(
        textOrNull(reader, `/proc/${pid}/task/${thread}/comm`) ?? '',
      ),
    )
}

/** By its flags, as far as they can be seen, and by its own counters: the first of its capabilities is to be attached to. */
function isSwitchedOff(reader: Reader, pid: number, maps: string): boolean {
  const options = (textOrNull(reader, `/proc/${pid}/environ`) ?? '')
    .split('\0')
    .filter((entry) => /^(?:JAVA_TOOL|JDK_JAVA|_JAVA)_OPTIONS=/.test(entry))
  const command = (textOrNull(reader, `/proc/${pid}/cmdline`) ?? '').split('\0')
  if ([...command, ...options].some((text) => text.includes('-XX:+DisableAttachMechanism')))
    return true
  const counters = /^([0-9a-f]+-[0-9a-f]+) .*\/hsperfdata_[^/]*\/\d+$/m.exec(maps)?.[1]
  if (counters === undefined) return false
  const text = textOrNull(reader, `/proc/${pid}/map_files/${counters}`) ?? ''
  return /sun\.rt\.jvmCapabilities\0+0[01]{63}/.test(text)
}
