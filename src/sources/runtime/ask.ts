import type { Answer, Question } from '../../model/question.ts'
import { PATIENCE_MS, readLocked } from '../proc/index.ts'
import { SMALL_FILE_BYTES } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'
import { readInside } from './inside.ts'
import { askJvm } from './jvm.ts'
import { readProgram } from './program.ts'
import { readSection } from './section.ts'
import type { Reply } from './reply.ts'
import { talk } from './talk.ts'

/**
 * Asks one process one question. Nothing is run inside its container and nothing in it is changed; a question that cannot be
 * answered comes back with its reason.
 *
 * @param pid in our PID namespace
 */
export async function ask(
  reader: Reader,
  pid: number,
  question: Question,
  signal: AbortSignal,
): Promise<Answer> {
  return { pid, id: question.id, ...(await replyTo(reader, pid, question, signal)) }
}

async function replyTo(
  reader: Reader,
  pid: number,
  question: Question,
  signal: AbortSignal,
): Promise<Reply> {
  switch (question.kind) {
    case 'file':
      return readFile(reader, pid, question.path, question.maxBytes)
    case 'environment':
      return readEnvironment(reader, pid, question.names)
    case 'program':
      return readProgram(reader, pid, question)
    case 'section':
      return readSection(reader, pid, question)
    case 'jvm':
      return askJvm(reader, pid, question.command, signal)
    case 'talk':
      return talk(reader, pid, question, signal)
  }
}

function readFile(
  reader: Reader,
  pid: number,
  path: string,
  maxBytes: number,
): Reply | Promise<Reply> {
  const inside = /^(root|cwd)(\/.*)$/s.exec(path)
  if (inside !== null) {
    const base = inside[1] === 'cwd' ? 'cwd' : 'root'
    return readInside(reader, pid, base, { path: inside[2] ?? '', maxBytes })
  }
  const read = readLocked(reader, pid, path, { maxBytes, patienceMs: PATIENCE_MS })
  return read.ok
    ? { ok: true, text: read.text, truncated: read.truncated }
    : { ok: false, why: whyNot(pid, `/proc/${pid}/${path}`, read.problem) }
}

function whyNot(pid: number, path: string, { kind, code }: ReadProblem): string {
  if (code === 'ETIMEDOUT') {
    return `process ${pid} hangs in the kernel: looking at its memory hangs, too`
  }
  switch (kind) {
    case 'denied':
      return `${path} may not be read: it needs root or CAP_SYS_PTRACE`
    case 'missing':
      return `${path} does not exist`
    case 'failed':
      return `${path} could not be read: ${code}`
  }
}

/** Only the variables that were asked for leave this function. */
function readEnvironment(reader: Reader, pid: number, names: readonly string[]): Reply {
  const options = { maxBytes: SMALL_FILE_BYTES, patienceMs: PATIENCE_MS }
  const read = readLocked(reader, pid, 'environ', options)
  if (!read.ok) return { ok: false, why: whyNot(pid, `/proc/${pid}/environ`, read.problem) }
  const wanted = read.text
    .split('\0')
    .filter((entry) => names.includes(entry.slice(0, entry.indexOf('='))))
  return { ok: true, text: wanted.join('\n'), truncated: false }
}
