import type { FileHandle } from 'node:fs/promises'
import type { Reader } from '../reader.ts'
import type { Reply } from './reply.ts'
import { openListener, startListener } from './jvm-attach.ts'
import { exchange, exchangeAs } from './jvm-exchange.ts'
import { jvmTarget } from './jvm-target.ts'
import type { JvmTarget } from './jvm-target.ts'

/**
 * Sends a diagnostic command to a HotSpot JVM through its attach interface, as jcmd does: no JDK is needed, neither here nor in its
 * container. A JVM that nobody attached to before is made to listen; it keeps one sleeping thread and the file
 * `/tmp/.java_pidN` from then on, as after the first jcmd.
 *
 * @param pid in our PID namespace
 * @see src/hotspot/os/posix/attachListener_posix.cpp of OpenJDK
 */
export async function askJvm(
  reader: Reader,
  pid: number,
  command: string,
  signal: AbortSignal,
): Promise<Reply> {
  if (command.includes('\0')) return { ok: false, why: 'a command with a NUL is none' }
  const read = jvmTarget(reader, pid)
  if (!read.ok) return read
  const { target } = read
  const present = await openListener(reader, target)
  if (present.ok) {
    const { ino } = await present.socket.stat()
    const reply = await speak(present.socket, target, command, signal)
    // What a JVM leaves behind that was killed: the next one in the container has the same PID and another socket.
    if (reply !== 'nobody listens') return reply
    return wakeAndSpeak(reader, target, { command, signal, stale: ino })
  }
  if (!present.missing) return { ok: false, why: present.why }
  return wakeAndSpeak(reader, target, { command, signal, stale: null })
}

async function wakeAndSpeak(
  reader: Reader,
  target: JvmTarget,
  { command, signal, stale }: { command: string; signal: AbortSignal; stale: number | null },
): Promise<Reply> {
  const started = await startListener(reader, target, signal, stale)
  if (!started.ok) return started
  const reply = await speak(started.socket, target, command, signal)
  return reply === 'nobody listens' ? { ok: false, why: 'nobody listens on its socket' } : reply
}

/** Closes the socket's file in any case. */
async function speak(
  socket: FileHandle,
  target: JvmTarget,
  command: string,
  signal: AbortSignal,
): Promise<Reply | 'nobody listens'> {
  try {
    const first = await exchange(socket.fd, command, signal)
    // Up to JDK 10, and in another user namespace, root is nobody to it: it hangs up on all but its own user.
    const heard =
      first.outcome === 'hung-up' && target.mayBecome
        ? await exchangeAs(target, socket.fd, command, signal)
        : first
    switch (heard.outcome) {
      case 'refused':
        return 'nobody listens'
      case 'hung-up':
        return {
          ok: false,
          why: `it hung up: it listens to user ${target.uid} and to root alone`,
        }
      case 'failed':
        return { ok: false, why: heard.why }
      case 'heard':
        return answerIn(command, heard.text, heard.truncated)
    }
  } finally {
    await socket.close()
  }
}

/** The first line is the result, 0 where all is well. */
function answerIn(command: string, text: string, truncated: boolean): Reply {
  const match = /^(-?\d{1,6})\n/.exec(text)
  if (match === null) return { ok: false, why: 'its answer is not that of a JVM' }
  const rest = text.slice(match[0].length)
  if (match[1] === '0') return { ok: true, text: publicPart(command, rest), truncated }
  if (rest.includes('Unknown diagnostic command')) {
    return { ok: false, why: `this version of Java does not know ${command}` }
  }
  const first = rest.split('\n', 1)[0] ?? ''
  return { ok: false, why: `it refused ${command}: ${first.slice(0, 200)}` }
}

/** Flags that are texts may hold what is nobody's business: a command with a password in OnOutOfMemoryError. */
function publicPart(command: string, text: string): string {
  if (!command.startsWith('VM.flags')) return text
  return text.replace(/^[ \t]*ccstr(?:list)?[ \t].*\n?/gm, '')
}
