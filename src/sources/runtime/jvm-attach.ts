import { constants } from 'node:fs'
import { lstat, open, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorCode } from '../../model/error-code.ts'
import type { Reader } from '../reader.ts'
import { createAs } from './jvm-exchange.ts'
import { startTicks, whyNotToSignal } from './jvm-target.ts'
import type { JvmTarget } from './jvm-target.ts'
import { openInside } from './inside.ts'
import type { Opened } from './inside.ts'

export type OpenedListener =
  | { ok: true; socket: FileHandle }
  /** `missing`: nobody attached to it so far. */
  | { ok: false; why: string; missing: boolean }

export type StartedListener = { ok: true; socket: FileHandle } | { ok: false; why: string }

/** open(2); Node has no name for it. */
const O_PATH = 0o10000000
/** jcmd waits 10 s; a JVM answers within milliseconds unless it collects garbage. */
const PATIENCE_MS = 8_000
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 100
const NOT_IN_TIME = 'it did not begin to listen in time: a long garbage collection, perhaps'
const GIVEN_UP_FOR_MS = 60_000
const MAX_GIVEN_UP = 1_000
const GIVEN_UP = new WeakMap<Reader, Map<string, number>>()

/** The file of the socket on which a JVM listens for jcmd, if it does, without a right to read or write it. */
export async function openListener(reader: Reader, target: JvmTarget): Promise<OpenedListener> {
  const folder = await openTmp(reader, target.pid)
  if (!folder.ok) return { ...folder, missing: false }
  try {
    return await openSocket(folder.handle, target)
  } finally {
    await folder.handle.close()
  }
}

async function openSocket(folder: FileHandle, target: JvmTarget): Promise<OpenedListener> {
  const name = `.java_pid${target.innerPid}`
  let socket: FileHandle
  try {
    socket = await open(`/proc/self/fd/${folder.fd}/${name}`, O_PATH | constants.O_NOFOLLOW)
  } catch (error) {
    const code = errorCode(error)
    const why = `/tmp/${name} there may not be opened: ${code}`
    return { ok: false, why, missing: code === 'ENOENT' }
  }
  const stat = await socket.stat()
  // Anybody may put anything into /tmp.
  if (stat.isSocket() && stat.uid === target.uid) return { ok: true, socket }
  await socket.close()
  const why = `/tmp/${name} there is no socket of user ${target.uid}, who runs the JVM`
  return { ok: false, why, missing: false }
}

/**
 * Makes a JVM listen: a file of a certain name and SIGQUIT tell it to. The file is made in its own /tmp and taken away again.
 *
 * @param stale inode of a socket on which nobody listens
 */
export async function startListener(
  reader: Reader,
  target: JvmTarget,
  signal: AbortSignal,
  stale: number | null,
): Promise<StartedListener> {
  const lately = givenUp(reader).get(identity(target)) ?? -Infinity
  if (reader.now() - lately < GIVEN_UP_FOR_MS) return { ok: false, why: NOT_IN_TIME }
  const refusal = whyNotToSignal(reader, target)
  if (refusal !== null) return { ok: false, why: refusal }
  const name = `.attach_pid${target.innerPid}`
  if (await exists(join(reader.root, `/proc/${target.pid}/cwd/${name}`))) {
    // It looks there first, and takes no other file then.
    return {
      ok: false,
      why: `another tool is attaching to it, or left ${name} in its working directory`,
    }
  }
  const folder = await openTmp(reader, target.pid)
  if (!folder.ok) return folder
  const place = `/proc/self/fd/${folder.handle.fd}/${name}`
  try {
    if (!(await mayWrite(target, folder.handle))) {
      return {
        ok: false,
        why: 'its user may not write to its /tmp, and a JVM listens nowhere else',
      }
    }
    const made = await makeTrigger(place, target, folder.handle.fd, name)
    if (!made.ok) return made
    try {
      return await wake(reader, target, { folder: folder.handle, signal, stale })
    } finally {
      await unlink(place).catch(() => undefined)
    }
  } finally {
    await folder.handle.close()
  }
}

async function wake(
  reader: Reader,
  target: JvmTarget,
  { folder, signal, stale }: { folder: FileHandle; signal: AbortSignal; stale: number | null },
): Promise<StartedListener> {
  if (target.startTicks === null || startTicks(reader, target.pid) !== target.startTicks) {
    return { ok: false, why: `process ${target.pid} is gone` }
  }
  try {
    process.kill(target.pid, 'SIGQUIT')
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return { ok: false, why: `process ${target.pid} is gone` }
    return { ok: false, why: 'it may not be signalled: it needs root or its own user' }
  }
  const end = Date.now() + PATIENCE_MS
  for (let pause = FIRST_PAUSE_MS; Date.now() < end && !signal.aborted;) {
    await sleep(pause)
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    const listener = await openSocket(folder, target)
    if (!listener.ok) {
      if (listener.missing) continue
      return listener
    }
    if ((await listener.socket.stat()).ino !== stale) return listener
    await listener.socket.close()
  }
  givenUp(reader).set(identity(target), reader.now())
  return { ok: false, why: NOT_IN_TIME }
}

/** When a JVM was last signalled in vain, by its identity: it is not done over and over. */
function givenUp(reader: Reader): Map<string, number> {
  const known = GIVEN_UP.get(reader) ?? new Map<string, number>()
  if (known.size > MAX_GIVEN_UP) known.clear()
  GIVEN_UP.set(reader, known)
  return known
}

function identity({ pid, startTicks: start }: JvmTarget): string {
  return `${pid} ${start ?? ''}`
}

/** Whether its user can make the socket there; groups beside the first are not looked at. */
async function mayWrite({ uid, gid }: JvmTarget, folder: FileHandle): Promise<boolean> {
  const stat = await folder.stat()
  if (uid === 0 || (stat.mode & 0o002) !== 0) return true
  return stat.uid === uid
    ? (stat.mode & 0o200) !== 0
    : stat.gid === gid && (stat.mode & 0o020) !== 0
}

type Made = { ok: true } | { ok: false; why: string }

/** Exclusive, so that no link is followed and no file of the container's is touched; it must belong to the JVM's user. */
async function makeTrigger(
  place: string,
  target: JvmTarget,
  folder: number,
  name: string,
): Promise<Made> {
  const code = await createOwned(place, target)
  if (code === null) return { ok: true }
  if (target.mayBecome && ['EOVERFLOW', 'EACCES', 'EPERM'].includes(code)) {
    // A file system of a user namespace, or one that squashes root, lets only its own users in.
    if (await createAs(target, folder, name)) return { ok: true }
  }
  return { ok: false, why: whyNotMade(code) }
}

function whyNotMade(code: string): string {
  if (code === 'EEXIST') return 'another tool is attaching to it, or left its file in /tmp'
  if (code === 'EROFS')
    return 'its /tmp is read-only: a JVM listens nowhere else; mount a tmpfs there'
  if (code === 'EACCES' || code === 'EPERM') return 'its /tmp may not be written to: it needs root'
  return `its /tmp could not be written to: ${code}`
}

/** The error's name, or null where the file is there and its owner is right. */
async function createOwned(place: string, { uid, gid }: JvmTarget): Promise<string | null> {
  let handle: FileHandle | null = null
  try {
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
    handle = await open(place, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600)
    if ((await handle.stat()).uid !== uid) await handle.chown(uid, gid)
    return null
  } catch (error) {
    if (handle !== null) await unlink(place).catch(() => undefined)
    return errorCode(error)
  } finally {
    await handle?.close()
  }
}

/** HotSpot takes /tmp whatever TMPDIR says. */
async function openTmp(reader: Reader, pid: number): Promise<Opened> {
  const opened = await openInside(reader, pid, 'root', '/tmp')
  return opened.ok ? opened : { ok: false, why: `a JVM listens in /tmp alone, and ${opened.why}` }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch {
    return false
  }
}
