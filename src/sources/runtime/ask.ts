import type { Answer, Question } from '../../model/question.ts'
import { hasBlockedThread } from '../proc/index.ts'
import { readText, textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'
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
      return refusal(reader, pid) ?? readFile(reader, pid, question.path, question.maxBytes)
    case 'environment':
      return refusal(reader, pid) ?? readEnvironment(reader, pid, question.names)
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

/** The memory map and the environment stand behind a lock that such a process may hold for ever. */
function refusal(reader: Reader, pid: number): Reply | null {
  if (!hasBlockedThread(reader, pid)) return null
  return {
    ok: false,
    why: `process ${pid} hangs in the kernel: looking at its memory would hang, too`,
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
  const whole = `/proc/${pid}/${path}`
  const read = readText(reader, whole, maxBytes)
  if (read.ok) return { ok: true, text: read.text, truncated: read.truncated }
  const { kind, code } = read.problem
  if (kind === 'denied') {
    return { ok: false, why: `${whole} may not be read: it needs root or CAP_SYS_PTRACE` }
  }
  return {
    ok: false,
    why: kind === 'missing' ? `${whole} does not exist` : `${whole} could not be read: ${code}`,
  }
}

/** Only the variables that were asked for leave this function. */
function readEnvironment(reader: Reader, pid: number, names: readonly string[]): Reply {
  const text = textOrNull(reader, `/proc/${pid}/environ`)
  if (text === null) {
    return {
      ok: false,
      why: `the environment of process ${pid} may not be read: it needs root or CAP_SYS_PTRACE`,
    }
  }
  const wanted = text
    .split('\0')
    .filter((entry) => names.includes(entry.slice(0, entry.indexOf('='))))
  return { ok: true, text: wanted.join('\n'), truncated: false }
}
