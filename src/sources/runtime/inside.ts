import { constants } from 'node:fs'
import { open, readlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { problemOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { Reply } from './reply.ts'

/** open(2); Node has no name for it. */
const O_PATH = 0o10000000
/** As the kernel's own limit, MAXSYMLINKS. */
const MAX_LINKS = 40

/** Where a path of a process begins: at its root, or at its working directory. */
export type Base = 'root' | 'cwd'

export type Opened = { ok: true; handle: FileHandle } | { ok: false; why: string }

/**
 * Opens a path as a process sees it, without a right to read or write. It is walked one name at a time and no link is followed by
 * the kernel: below /proc/PID/root a link that begins with `/` would lead to a file of ours, and so would enough `..`; and
 * whoever owns the container could choose which.
 */
export async function openInside(
  reader: Reader,
  pid: number,
  base: Base,
  path: string,
): Promise<Opened> {
  const walked: FileHandle[] = []
  try {
    walked.push(await open(join(reader.root, `/proc/${pid}/${base}`), O_PATH))
    const ahead = path.split('/')
    for (let links = 0; ahead.length > 0;) {
      const name = ahead.shift() ?? ''
      if (name === '' || name === '.') continue
      if (name === '..') {
        if (walked.length > 1) await walked.pop()?.close()
        continue
      }
      const place = `/proc/self/fd/${walked.at(-1)?.fd}/${name}`
      const handle = await open(place, O_PATH | constants.O_NOFOLLOW)
      walked.push(handle)
      if (!(await handle.stat()).isSymbolicLink()) continue
      if (++links > MAX_LINKS) return { ok: false, why: `${path} has too many links` }
      const target = await readlink(place)
      await walked.pop()?.close()
      if (target.startsWith('/')) {
        await closeAll(walked.splice(0))
        walked.push(await open(join(reader.root, `/proc/${pid}/root`), O_PATH))
      }
      ahead.unshift(...target.split('/'))
    }
    const file = walked.pop()
    return file === undefined
      ? { ok: false, why: `${path} is no file` }
      : { ok: true, handle: file }
  } catch (error) {
    return { ok: false, why: whyNot(path, error) }
  } finally {
    await closeAll(walked)
  }
}

/** The text of a file as a process sees it; nothing but a plain file is read. */
export async function readInside(
  reader: Reader,
  pid: number,
  base: Base,
  { path, maxBytes }: { path: string; maxBytes: number },
): Promise<Reply> {
  const opened = await openInside(reader, pid, base, path)
  if (!opened.ok) return opened
  try {
    if (!(await opened.handle.stat()).isFile()) return { ok: false, why: `${path} is no file` }
    await using file = await open(`/proc/self/fd/${opened.handle.fd}`, constants.O_RDONLY)
    const bytes = Buffer.allocUnsafe(maxBytes)
    let length = 0
    while (length < maxBytes) {
      const { bytesRead } = await file.read(bytes, length, maxBytes - length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    const text = bytes.subarray(0, length).toString()
    return { ok: true, text, truncated: length === maxBytes }
  } catch (error) {
    return { ok: false, why: whyNot(path, error) }
  } finally {
    await opened.handle.close()
  }
}

function whyNot(path: string, error: unknown): string {
  const { kind, code } = problemOf(error)
  if (kind === 'missing') return `${path} does not exist there`
  const why = kind === 'denied' ? 'it needs root or CAP_SYS_PTRACE' : code
  return `${path} may not be opened: ${why}`
}

async function closeAll(handles: readonly FileHandle[]): Promise<void> {
  for (const handle of handles) await handle.close()
}
