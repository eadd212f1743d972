import { appLog } from './app-log/index.ts'
import { stellaWorld } from './bundle/index.ts'
import { cgroupFolder } from './cgroup/index.ts'
import { engineFormats } from './docker/index.ts'
import { isStreamFormat } from './folder.ts'
import type { AnyFormat } from './folder.ts'
import { kernelLog } from './kernel-log/index.ts'
import { kubernetesFormats } from './kubernetes/index.ts'
import { mesosFormats } from './mesos/index.ts'
import { pastedFormat } from './pasted/index.ts'
import { hostFormats, processFolder } from './proc/index.ts'
import { sampleFormats } from './samples/index.ts'

/**
 * Every kind of file that is known, in the order in which they are asked; the first that recognises a file has it.
 * The kernel log's lines can be told from everything else and may stand in any log; a program's log is what remains.
 */
export const FORMATS: readonly AnyFormat[] = [
  stellaWorld,
  processFolder,
  cgroupFolder,
  ...engineFormats,
  ...kubernetesFormats,
  ...sampleFormats,
  ...hostFormats,
  pastedFormat(formatFor),
  ...mesosFormats,
  kernelLog,
  appLog,
]

/** What the longest head is that formats are asked with. */
export const HEAD_BYTES = 64 * 1024

/**
 * The format of a file, by its content and, where content cannot tell, by its path. Null: not one of ours, which is no error.
 *
 * @param head the first {@link HEAD_BYTES} of the text, or all of it
 */
export function formatFor(head: string, path: string): AnyFormat | null {
  for (const format of FORMATS) {
    // A document of nested JSON is no log, whatever words stand in it.
    if (isStreamFormat(format) && isJsonDocument(head)) continue
    if (format.recognise(head, path)) return format
  }
  return null
}

/** `dmesg --json` is laid out over many lines too, and is a log all the same. */
function isJsonDocument(head: string): boolean {
  return /^\s*[[{]\s*\n/.test(head) && !/^\s*\{\s*"dmesg"\s*:/.test(head)
}
