import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { errorCode } from '../../model/error-code.ts'
import { listFolder, readText } from '../reader.ts'
import type { Reader, TextRead } from '../reader.ts'

/** How long a process that sleeps in the kernel is waited for. One that is short of memory answers within milliseconds. */
export const PATIENCE_MS = 300

/**
 * Reads a file of /proc that stands behind the lock of a process's address space (mmap_lock). Where a thread holds it and sleeps
 * in the kernel, a reader sleeps with it: then a child reads, which a signal ends (the kernel takes the lock killably,
 * fs/proc/task_mmu.c), and which is given up after `patienceMs`.
 */
export function readLocked(
  reader: Reader,
  pid: number,
  name: string,
  { maxBytes, patienceMs }: { maxBytes: number; patienceMs: number },
): TextRead {
  const path = `/proc/${pid}/${name}`
  if (!hasBlockedThread(reader, pid)) return readText(reader, path, maxBytes)
  if (patienceMs <= 0) return TIMED_OUT
  const { status, error, stdout } = spawnSync('cat', [join(reader.root, path)], {
    timeout: patienceMs,
    killSignal: 'SIGKILL',
    maxBuffer: maxBytes,
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  })
  if (status === 0) return { ok: true, text: stdout, truncated: false }
  if (errorCode(error) === 'ETIMEDOUT') return TIMED_OUT
  if (errorCode(error) === 'ENOBUFS') return { ok: true, text: stdout, truncated: true }
  // What a child may not open, we may not either, and we can tell why.
  const opened = readText(reader, path, 0)
  return opened.ok ? { ok: false, problem: { kind: 'failed', code: 'EIO' } } : opened
}

const TIMED_OUT: TextRead = { ok: false, problem: { kind: 'failed', code: 'ETIMEDOUT' } }

/** True where a thread sleeps uninterruptibly (state D), and reading its memory map might never come back. */
function hasBlockedThread(reader: Reader, pid: number): boolean {
  const threads = listFolder(reader, `/proc/${pid}/task`)
  if (!threads.ok) return false
  return threads.folders.slice(0, 1024).some((thread) => {
    const stat = readText(reader, `/proc/${pid}/task/${thread}/stat`)
    return stat.ok && /\) D /.test(stat.text)
  })
}
