import type { Reader } from '../reader.ts'
import type { Reply } from './ask.ts'

/** Sends a diagnostic command to a JVM. */
export async function askJvm(
  _reader: Reader,
  pid: number,
  command: string,
  _signal: AbortSignal,
): Promise<Reply> {
  return { ok: false, why: `process ${pid} could not be asked for ${command}` }
}
