import { connect } from 'node:net'
import type { NetConnectOpts } from 'node:net'
import { join } from 'node:path'
import { errorCode } from '../../model/error-code.ts'
import type { Reader } from '../reader.ts'
import type { Reply } from './reply.ts'

/** A server that said something and then nothing for so long has said all. */
const QUIET_MS = 300

export interface Conversation {
  send: string
  maxBytes: number
  signal: AbortSignal
}

/** Connects from where we are, sends, and takes what comes back until it closes, is quiet, or is enough. */
export function converse(
  address: NetConnectOpts,
  { send, maxBytes, signal }: Conversation,
): Promise<Reply> {
  return new Promise((resolve) => {
    const heard: Buffer[] = []
    let length = 0
    const socket = connect(address)
    const finish = (problem: string | null): void => {
      signal.removeEventListener('abort', onAbort)
      socket.destroy()
      const text = Buffer.concat(heard).subarray(0, maxBytes).toString()
      if (heard.length > 0) resolve({ ok: true, text, truncated: length > maxBytes })
      else resolve({ ok: false, why: problem ?? 'it closed the connection without a word' })
    }
    const onAbort = (): void => finish('it did not answer in time')
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
    socket.on('data', (chunk: Buffer) => {
      if (heard.length === 0) socket.setTimeout(QUIET_MS, () => finish(null))
      heard.push(chunk)
      length += chunk.length
      if (length > maxBytes) finish(null)
    })
    socket.on('error', (error) => finish(refusal(errorCode(error))))
    socket.on('close', () => finish(null))
    socket.write(send)
  })
}

/**
 * The same from inside another network namespace: only a process can enter one, so nsenter starts a small Node there. It runs in
 * our memory group, sees our files, and gets the text in its environment, which `ps` does not show.
 */
export async function converseInside(
  reader: Reader,
  pid: number,
  { host, port }: { host: string; port: number },
  { send, maxBytes, signal }: Conversation,
): Promise<Reply> {
  const namespace = join(reader.root, `/proc/${pid}/ns/net`)
  const result = await reader.run(
    ['nsenter', `--net=${namespace}`, '--', process.execPath, '-e', SPEAKER, host, String(port)],
    { signal, maxBytes, env: { PATH: reader.env['PATH'], STELLA_SEND: send } },
  )
  const { outcome, stdout, stderr, truncated } = result
  if (stdout !== '') return { ok: true, text: stdout, truncated }
  if (outcome === 'missing') {
    return {
      ok: false,
      why: 'its network is another than ours, and nsenter (util-linux) is missing',
    }
  }
  if (outcome === 'aborted') return { ok: false, why: 'it did not answer in time' }
  if (/^nsenter: .*(?:not permitted|denied)/im.test(stderr)) {
    return { ok: false, why: 'its network may not be entered: it needs root or CAP_SYS_ADMIN' }
  }
  const code = /^E[A-Z]+$/.exec(stderr.trim())?.[0]
  if (code !== undefined) return { ok: false, why: refusal(code) }
  return {
    ok: false,
    why:
      stderr === ''
        ? 'it closed the connection without a word'
        : 'its network could not be entered',
  }
}

const SPEAKER = `
const [host, port] = process.argv.slice(1)
const socket = require('node:net').connect({ host, port: Number(port) })
socket.once('data', () => socket.setTimeout(${QUIET_MS}, () => socket.destroy()))
socket.on('error', ({ code }) => process.stderr.write(String(code)))
socket.pipe(process.stdout)
socket.write(process.env.STELLA_SEND)
`

function refusal(code: string): string {
  if (code === 'ECONNREFUSED') return 'it refuses connections'
  if (code === 'EACCES' || code === 'EPERM')
    return 'its socket may not be written to: it needs root'
  return `the connection failed: ${code}`
}
