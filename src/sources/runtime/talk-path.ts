import { constants } from 'node:fs'
import { open, readlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { problemOf } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** open(2); Node has no name for it. */
const O_PATH = 0o10000000
/** As the kernel's own limit, MAXSYMLINKS. */
const MAX_LINKS = 40

export type OpenedPath = { ok: true; handle: FileHandle } | { ok: false; why: string }

/**
 * Opens a socket's file as a process sees it, without a right to read or write it. Its root is walked one name at a time and no
 * link is followed by the kernel: below /proc/PID/root a link that begins with `/` would lead to a file of ours, and whoever owns
 * the container could choose which.
 */
export async function openSocketFile(
  reader: Reader,
  pid: number,
  path: string,
): Promise<OpenedPath> {
  const walked: FileHandle[] = []
  try {
    walked.push(await open(join(reader.root, `/proc/${pid}/root`), O_PATH))
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
      if (target.startsWith('/')) await closeAll(walked.splice(1))
      ahead.unshift(...target.split('/'))
    }
    const file = walked.pop()
    if (file === undefined || !(await file.stat()).isSocket()) {
      await file?.close()
      return { ok: false, why: `${path} is no socket` }
    }
    return { ok: true, handle: file }
  } catch (error) {
    const { kind, code } = problemOf(error)
    if (kind === 'missing') return { ok: false, why: `${path} does not exist there` }
    const why = kind === 'denied' ? 'it needs root or CAP_SYS_PTRACE' : code
    return { ok: false, why: `${path} may not be opened: ${why}` }
  } finally {
    await closeAll(walked)
  }
}

async function closeAll(handles: readonly FileHandle[]): Promise<void> {
  for (const handle of handles) await handle.close()
}
