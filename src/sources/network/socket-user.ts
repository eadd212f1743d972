/** Who is at the other end of a connection within this machine. */
import { textOrNull } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** `127.0.0.1`, `::1`, `::ffff:127.0.0.1`. */
export interface Endpoint {
  address: string
  port: number
}

/** tcp_states.h of the kernel */
const ESTABLISHED = '01'

/**
 * The user whose process holds the socket at `near` of a connection to `far`. Null: it is not of this machine, or cannot be told.
 *
 * @see Documentation/networking/proc_net_tcp.rst of the kernel
 */
export function socketUser(reader: Reader, near: Endpoint, far: Endpoint): number | null {
  for (const [table, wordsOf] of TABLES) {
    const [local, remote] = [wordsOf(near.address), wordsOf(far.address)]
    const text = local === null || remote === null ? null : textOrNull(reader, table)
    if (text === null) continue
    const wanted = [`${local}:${hexPort(near.port)}`, `${remote}:${hexPort(far.port)}`, ESTABLISHED]
    const fields = text
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find((words) => wanted.every((word, at) => words[at + 1] === word))
    const user = fields?.[7]
    if (user !== undefined && /^\d{1,10}$/.test(user)) return Number(user)
  }
  return null
}

type WordsOf = (address: string) => string | null

const MAPPED = /^::ffff:(?=\d+\.)/i
const TABLES: readonly (readonly [string, WordsOf])[] = [
  ['/proc/net/tcp', (address) => hexOf(address.replace(MAPPED, ''))],
  [
    '/proc/net/tcp6',
    (address) => {
      if (address === '::1') return `${'0'.repeat(24)}01000000`
      const mapped = hexOf(address.replace(MAPPED, ''))
      return mapped === null ? null : `0000000000000000FFFF0000${mapped}`
    },
  ],
]

/** The kernel prints the word as the processor holds it: the last byte first. Null: it is no IPv4 address. */
function hexOf(address: string): string | null {
  const bytes = address.split('.')
  if (bytes.length !== 4 || !bytes.every((byte) => /^\d{1,3}$/.test(byte))) return null
  return bytes
    .toReversed()
    .map((byte) => hex(Number(byte), 2))
    .join('')
}

function hexPort(port: number): string {
  return hex(port, 4)
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}
