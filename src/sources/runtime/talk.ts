import type { Question } from '../../model/question.ts'
import type { Reader } from '../reader.ts'
import type { Reply } from './ask.ts'

/** Sends text to a socket of a process and returns what comes back. */
export async function talk(
  _reader: Reader,
  pid: number,
  _question: Extract<Question, { kind: 'talk' }>,
  _signal: AbortSignal,
): Promise<Reply> {
  return { ok: false, why: `process ${pid} could not be talked to` }
}
