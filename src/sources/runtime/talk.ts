import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Login, Question } from '../../model/question.ts'
import type { Reader } from '../reader.ts'
import type { Reply } from './reply.ts'
import { converse, converseInside } from './talk-converse.ts'
import type { Conversation } from './talk-converse.ts'
import { openSocketFile } from './talk-path.ts'
import { listeningSockets } from './talk-sockets.ts'
import type { Listening } from './talk-sockets.ts'

/** A server that is this busy is told to be; the rest of the bill does not wait for it. */
const PATIENCE_MS = 3_000
const MAX_OTHERS = 2

/**
 * Sends text to a socket on which a process listens, and returns what comes back until it closes or is quiet. A password is sent
 * only where the server asks for one, and only from our own environment.
 *
 * @param pid in our PID namespace
 */
export async function talk(
  reader: Reader,
  pid: number,
  { to, send, maxBytes, login }: Extract<Question, { kind: 'talk' }>,
  signal: AbortSignal,
): Promise<Reply> {
  const sockets = listeningSockets(reader, pid, to)
  if (!sockets.ok) return sockets
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  const conversation = { send, maxBytes, signal: patience }
  const [first, ...others] = sockets.at
  let reply = await talkAt(reader, pid, first, conversation, login)
  for (const at of others.slice(0, MAX_OTHERS)) {
    if (reply.ok) break
    const next = await talkAt(reader, pid, at, conversation, login)
    if (next.ok) reply = next
  }
  return reply
}

async function talkAt(
  reader: Reader,
  pid: number,
  at: Listening,
  conversation: Conversation,
  login: Login | undefined,
): Promise<Reply> {
  const reply = await speakTo(reader, pid, at, conversation)
  if (login === undefined || !reply.ok || !reply.text.startsWith(login.refusal)) return reply
  const password = reader.env[login.variable]
  if (password === undefined || password === '') {
    return { ok: false, why: `it wants a password: set ${login.variable} and ask again` }
  }
  const send = login.compose(password) + conversation.send
  return speakTo(reader, pid, at, { ...conversation, send })
}

async function speakTo(
  reader: Reader,
  pid: number,
  at: Listening,
  conversation: Conversation,
): Promise<Reply> {
  if ('path' in at) return speakToPath(reader, pid, at.path, conversation)
  const theirs = networkOf(join(reader.root, `/proc/${pid}/ns/net`))
  if (theirs === null) {
    return { ok: false, why: 'its network is not known: it needs root or CAP_SYS_PTRACE' }
  }
  if (theirs === networkOf('/proc/self/ns/net')) return converse(at, conversation)
  return converseInside(reader, pid, at, conversation)
}

/** Through an open file: a path in /proc/PID/root may be longer than the 107 characters that a socket's address has. */
async function speakToPath(
  reader: Reader,
  pid: number,
  path: string,
  conversation: Conversation,
): Promise<Reply> {
  const opened = await openSocketFile(reader, pid, path)
  if (!opened.ok) return opened
  try {
    return await converse({ path: `/proc/self/fd/${opened.handle.fd}` }, conversation)
  } finally {
    await opened.handle.close()
  }
}

/** `net:[4026531840]`; null where it may not be looked at. */
function networkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
