import { opendirSync, readlinkSync } from 'node:fs'
import { endianness } from 'node:os'
import { join } from 'node:path'
import type { SocketAddress } from '../../model/question.ts'
import { problemOf, readText } from '../reader.ts'
import type { Reader } from '../reader.ts'

/** Where to connect: an address and a port, or a path as the process sees it. */
export type Listening = { host: string; port: number } | { path: string }

export type ListeningSockets =
  | { ok: true; at: readonly [Listening, ...Listening[]] }
  | { ok: false; why: string }

/** /proc/net/tcp begins with the sockets that listen. */
const MAX_TABLE_BYTES = 8 * 1024 * 1024
const MAX_DESCRIPTORS = 65_536

/**
 * The sockets of that port or path on which this very process listens. A process writes its title itself, and a port may be
 * another's by now: whoever does not listen there is not talked to.
 */
export function listeningSockets(reader: Reader, pid: number, to: SocketAddress): ListeningSockets {
  const sockets = new Map([...unixSockets(reader, pid, to), ...tcpSockets(reader, pid, to)])
  const place = 'port' in to ? `port ${to.port}` : 'path' in to ? to.path : 'any port or path'
  if (sockets.size === 0) return { ok: false, why: `nothing listens on ${place}` }
  const own = ownSockets(reader, pid, sockets)
  if (own === 'denied') {
    return {
      ok: false,
      why: `the sockets of process ${pid} may not be looked at: it needs root or CAP_SYS_PTRACE`,
    }
  }
  const [first, ...others] = own.toSorted((a, b) => rank(a) - rank(b))
  if (first === undefined) {
    return { ok: false, why: `process ${pid} does not listen on ${place}` }
  }
  return { ok: true, at: [first, ...others] }
}

/** A Unix socket is never TLS; of two ports the lower is the one that everybody uses. */
function rank(at: Listening): number {
  return 'path' in at ? 0 : at.port
}

/** By inode. */
type Sockets = ReadonlyMap<string, Listening>

/** @see Documentation/networking/proc_net_tcp.rst */
function tcpSockets(reader: Reader, pid: number, to: SocketAddress): Sockets {
  const sockets = new Map<string, Listening>()
  for (const table of ['tcp', 'tcp6']) {
    for (const line of tableLines(reader, pid, table)) {
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode; state 0A is TCP_LISTEN.
      const row = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A(?: +\S+){5} +(\d+)/.exec(line)
      const port = Number.parseInt(row?.[2] ?? '', 16)
      if (row === null || ('port' in to ? port !== to.port : !('any' in to))) continue
      sockets.set(row[3] ?? '', { host: reachable(row[1] ?? ''), port })
    }
  }
  return sockets
}

function unixSockets(reader: Reader, pid: number, to: SocketAddress): Sockets {
  const sockets = new Map<string, Listening>()
  for (const line of tableLines(reader, pid, 'unix')) {
    // Num RefCount Protocol Flags Type St Inode Path; flag 0x10000 is __SO_ACCEPTCON: it listens.
    const row = /^[0-9a-f]+: \S+ \S+ 00010000 \S+ \S+ +(\d+) (.+)$/.exec(line)
    const path = row?.[2] ?? ''
    // Names that begin with @ stand in no file system.
    const wanted = 'path' in to ? path === to.path : 'any' in to && path.startsWith('/')
    if (wanted) sockets.set(row?.[1] ?? '', { path })
  }
  return sockets
}

function tableLines(reader: Reader, pid: number, table: string): string[] {
  const read = readText(reader, `/proc/${pid}/net/${table}`, MAX_TABLE_BYTES)
  return read.ok ? read.text.split('\n') : []
}

/** Those of the sockets that are among the open files of the process. */
function ownSockets(reader: Reader, pid: number, sockets: Sockets): Listening[] | 'denied' {
  const own: Listening[] = []
  const folder = join(reader.root, `/proc/${pid}/fd`)
  try {
    using entries = opendirSync(folder)
    for (let count = 0; count < MAX_DESCRIPTORS; count++) {
      const entry = entries.readSync()
      if (entry === null || own.length === sockets.size) return own
      const inode = /^socket:\[(\d+)\]$/.exec(linkText(join(folder, entry.name)))?.[1]
      const socket = inode === undefined ? undefined : sockets.get(inode)
      if (socket !== undefined) own.push(socket)
    }
    return own
  } catch (error) {
    return problemOf(error).kind === 'denied' ? 'denied' : own
  }
}

/** Empty where it is gone: files are closed while we look. */
function linkText(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

/** The address to connect to: one that is bound to any is reached through the loopback. */
function reachable(hex: string): string {
  const bytes = addressBytes(hex)
  if (bytes.length === 4) return bytes.every((byte) => byte === 0) ? '127.0.0.1' : bytes.join('.')
  if (bytes.every((byte) => byte === 0)) return '::1'
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff
  if (mapped) return bytes.slice(12).join('.')
  const groups = bytes.flatMap((byte, at) =>
    at % 2 === 0 ? [byte * 256 + (bytes[at + 1] ?? 0)] : [],
  )
  return groups.map((group) => group.toString(16)).join(':')
}

/** The kernel prints each 32-bit word of an address as a number of the machine's own byte order. */
function addressBytes(hex: string): number[] {
  const words = hex.match(/.{8}/g) ?? []
  return words.flatMap((word) => {
    const bytes = (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))
    return endianness() === 'LE' ? bytes.toReversed() : bytes
  })
}
