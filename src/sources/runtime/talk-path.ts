import type { Reader } from '../reader.ts'
import { openInside } from './inside.ts'
import type { Opened } from './inside.ts'

/** Opens a socket's file as a process sees it: it is connected to as /proc/self/fd/N, however long its path is. */
export async function openSocketFile(reader: Reader, pid: number, path: string): Promise<Opened> {
  const opened = await openInside(reader, pid, 'root', path)
  if (!opened.ok || (await opened.handle.stat()).isSocket()) return opened
  await opened.handle.close()
  return { ok: false, why: `${path} is no socket` }
}
