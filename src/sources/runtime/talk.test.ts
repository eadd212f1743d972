import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, ListenOptions, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Answer, Login, SocketAddress } from '../../model/question.ts'
import { hostReader } from '../reader.ts'
import type { Reader } from '../reader.ts'
import { ask } from './ask.ts'

/** This very process listens: what is asked is a real socket of a real process. */
const SELF = process.pid
const LOGIN: Login = {
  refusal: '-NOAUTH',
  variable: 'STELLA_TEST_PASSWORD',
  compose: (password) => `AUTH ${password}\n`,
}

let folder = ''
const servers: Server[] = []
const heard: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-talk-'))
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  heard.splice(0)
  rmSync(folder, { recursive: true, force: true })
})

async function serve(at: ListenOptions, answer: (text: string, socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      heard.push(chunk.toString())
      answer(chunk.toString(), socket)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(at, resolve))
  const address = server.address()
  return isPort(address) ? address.port : 0
}

function isPort(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}

interface Talk {
  to: SocketAddress
  maxBytes?: number
  login?: Login
  reader?: Reader
  pid?: number
  signal?: AbortSignal
}

function talkTo({ to, maxBytes = 1000, login, reader, pid, signal }: Talk): Promise<Answer> {
  return ask(
    reader ?? hostReader(),
    pid ?? SELF,
    { kind: 'talk', id: 'x', to, send: 'hello\n', maxBytes, ...(login && { login }) },
    signal ?? new AbortController().signal,
  )
}

it('sends the text and takes what comes back until the server closes', async () => {
  const port = await serve({ host: '127.0.0.1', port: 0 }, (_text, socket) => {
    socket.write('one ')
    setTimeout(() => socket.end('two'), 50)
  })
  expect(await talkTo({ to: { port } })).toEqual({
    pid: SELF,
    id: 'x',
    ok: true,
    text: 'one two',
    truncated: false,
  })
  expect(heard).toEqual(['hello\n'])
})

it('takes silence after an answer for its end', async () => {
  const port = await serve({ host: '127.0.0.1', port: 0 }, (_text, socket) => socket.write('one'))
  expect(await talkTo({ to: { port } })).toMatchObject({ ok: true, text: 'one' })
})

it('takes no more than it was told to', async () => {
  const port = await serve({ host: '127.0.0.1', port: 0 }, (_text, socket) => {
    socket.write('x'.repeat(100_000))
  })
  expect(await talkTo({ to: { port }, maxBytes: 10 })).toMatchObject({
    ok: true,
    text: 'xxxxxxxxxx',
    truncated: true,
  })
})

it('finds the address that the port is bound to', async () => {
  const other = await serve({ host: '127.0.0.7', port: 0 }, (_text, socket) => socket.end('four'))
  expect(await talkTo({ to: { port: other } })).toMatchObject({ ok: true, text: 'four' })
  const six = await serve({ host: '::1', port: 0 }, (_text, socket) => socket.end('six'))
  expect(await talkTo({ to: { port: six } })).toMatchObject({ ok: true, text: 'six' })
  const any = await serve({ host: '0.0.0.0', port: 0 }, (_text, socket) => socket.end('any'))
  expect(await talkTo({ to: { port: any } })).toMatchObject({ ok: true, text: 'any' })
})

it('does not talk to a port or a path on which that process does not listen', async () => {
  const port = await serve({ host: '127.0.0.1', port: 0 }, (_text, socket) => socket.end('mine'))
  const path = join(folder, 'socket')
  await serve({ path }, (_text, socket) => socket.end('mine'))
  const parent = process.ppid
  expect(await talkTo({ to: { port }, pid: parent })).toMatchObject({
    ok: false,
    why: `process ${parent} does not listen on port ${port}`,
  })
  expect(await talkTo({ to: { path }, pid: parent })).toMatchObject({
    ok: false,
    why: `process ${parent} does not listen on ${path}`,
  })
  expect(await talkTo({ to: { port: 1 } })).toMatchObject({
    ok: false,
    why: 'nothing listens on port 1',
  })
  expect(heard).toEqual([])
})

it('reaches a socket by its path, also through links', async () => {
  mkdirSync(join(folder, 'run'))
  symlinkSync('run', join(folder, 'var-run'))
  const path = join(folder, 'var-run/server.sock')
  await serve({ path }, (_text, socket) => socket.end('here'))
  expect(await talkTo({ to: { path } })).toMatchObject({ ok: true, text: 'here' })
})

it('finds where a process listens, and takes what answers: its path first, then its ports', async () => {
  const port = await serve({ host: '127.0.0.1', port: 0 }, (_text, socket) => socket.end('port'))
  expect(await talkTo({ to: { any: true } })).toMatchObject({ ok: true, text: 'port' })
  const path = join(folder, 'mute.sock')
  await serve({ path }, (_text, socket) => socket.end())
  expect(await talkTo({ to: { any: true } })).toMatchObject({ ok: true, text: 'port' })
  await serve({ path: join(folder, 'talks.sock') }, (_text, socket) => socket.end('path'))
  expect(await talkTo({ to: { any: true } })).toMatchObject({ ok: true, text: 'path' })
  expect(await talkTo({ to: { any: true }, pid: process.ppid })).toMatchObject({
    ok: false,
    why: `process ${process.ppid} does not listen on any port or path`,
  })
  expect(port).toBeGreaterThan(0)
})

it('sends a password only where one is wanted, and the text again with it', async () => {
  let wanted = true
  const port = await serve({ host: '127.0.0.1', port: 0 }, (text, socket) =>
    socket.end(wanted && !text.startsWith('AUTH') ? '-NOAUTH first\n' : 'fine'),
  )
  const reader = hostReader({ env: { STELLA_TEST_PASSWORD: 'open sesame' } })
  expect(await talkTo({ to: { port }, login: LOGIN, reader })).toMatchObject({ text: 'fine' })
  expect(heard).toEqual(['hello\n', 'AUTH open sesame\nhello\n'])

  heard.splice(0)
  expect(await talkTo({ to: { port }, login: LOGIN, reader: hostReader({ env: {} }) })).toEqual({
    pid: SELF,
    id: 'x',
    ok: false,
    why: 'it wants a password: set STELLA_TEST_PASSWORD and ask again',
  })
  wanted = false
  await talkTo({ to: { port }, login: LOGIN, reader })
  expect(heard).toEqual(['hello\n', 'hello\n'])
})

it('waits no longer than it is told to', async () => {
  const port = await serve({ host: '127.0.0.1', port: 0 }, () => null)
  const started = Date.now()
  const signal = AbortSignal.timeout(100)
  expect(await talkTo({ to: { port }, signal })).toMatchObject({
    ok: false,
    why: 'it did not answer in time',
  })
  expect(Date.now() - started).toBeLessThan(2_500)
})

/** A container as its owner may have prepared it, around a socket of ours that it must not lead us to. */
function preparedContainer(links: Readonly<Record<string, string>>, listensAt: string): Reader {
  const files = {
    'net/unix': `Num       RefCount Protocol Flags    Type St Inode Path\n0: 00000002 00000000 00010000 0001 01 77 ${listensAt}\n`,
    'root/etc/passwd': '',
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'host/proc/7', path)), { recursive: true })
    writeFileSync(join(folder, 'host/proc/7', path), text)
  }
  mkdirSync(join(folder, 'host/proc/7/fd'))
  symlinkSync('socket:[77]', join(folder, 'host/proc/7/fd/3'))
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(folder, 'host/proc/7/root', path)), { recursive: true })
    symlinkSync(target, join(folder, 'host/proc/7/root', path))
  }
  return hostReader({ root: join(folder, 'host') })
}

it('is not led out of a container by its links', async () => {
  const outside = join(folder, 'outside.sock')
  await serve({ path: outside }, (_text, socket) => socket.end('outside'))
  const reader = preparedContainer(
    {
      'run/absolute.sock': outside,
      'run/up.sock': '../../../../../outside.sock',
      'run/far': '/../../../..',
      'run/loop.sock': 'loop.sock',
    },
    '/run/absolute.sock',
  )
  const ask7 = (path: string): Promise<Answer> => {
    const listed = `Num\n0: 00000002 00000000 00010000 0001 01 77 ${path}\n`
    writeFileSync(join(folder, 'host/proc/7/net/unix'), listed)
    return talkTo({ to: { path }, reader, pid: 7 })
  }
  expect(await ask7('/run/absolute.sock')).toMatchObject({
    ok: false,
    why: '/run/absolute.sock does not exist there',
  })
  expect(await ask7('/run/up.sock')).toMatchObject({
    ok: false,
    why: expect.stringMatching(/does not exist there/),
  })
  expect(await ask7('/run/far/outside.sock')).toMatchObject({ ok: false })
  expect(await ask7('/run/loop.sock')).toMatchObject({
    ok: false,
    why: '/run/loop.sock has too many links',
  })
  expect(await ask7('/etc/passwd')).toMatchObject({ ok: false, why: '/etc/passwd is no socket' })
  expect(heard).toEqual([])
})

it('follows the links of a container inside of it', async () => {
  const reader = preparedContainer(
    { 'var/run': '/run', 'srv/data/up.sock': '../../run/server.sock' },
    '/var/run/server.sock',
  )
  const real = join(folder, 'host/proc/7/root/run/server.sock')
  mkdirSync(dirname(real), { recursive: true })
  await serve({ path: real }, (_text, socket) => socket.end('inside'))
  expect(await talkTo({ to: { path: '/var/run/server.sock' }, reader, pid: 7 })).toMatchObject({
    ok: true,
    text: 'inside',
  })
})

it('reaches a socket whose path is longer than an address may be', async () => {
  const deep = join('host/proc/7/root', 'a'.repeat(150))
  const reader = preparedContainer({}, `/${'a'.repeat(150)}/s`)
  mkdirSync(join(folder, deep))
  symlinkSync(join(folder, deep), join(folder, 'short'))
  await serve({ path: join(folder, 'short/s') }, (_text, socket) => socket.end('long'))
  expect(await talkTo({ to: { path: `/${'a'.repeat(150)}/s` }, reader, pid: 7 })).toMatchObject({
    ok: true,
    text: 'long',
  })
})

it('says what is missing where a network cannot be entered', async () => {
  const table =
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n'
  const row =
    '   0: 00000000:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1 0\n'
  const reader = preparedContainer({}, '/x')
  writeFileSync(join(folder, 'host/proc/7/net/tcp'), table + row)
  mkdirSync(join(folder, 'host/proc/7/ns'))
  symlinkSync('net:[1]', join(folder, 'host/proc/7/ns/net'))
  const talk = (stderr: string, outcome: 'exited' | 'missing' = 'exited'): Promise<Answer> =>
    talkTo({
      to: { port: 6379 },
      pid: 7,
      reader: {
        ...reader,
        run: () => Promise.resolve({ outcome, exitCode: 1, stdout: '', stderr, truncated: false }),
      },
    })
  const denied = "nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted\n"
  expect(await talk(denied)).toMatchObject({
    why: 'its network may not be entered: it needs root or CAP_SYS_ADMIN',
  })
  expect(await talk('', 'missing')).toMatchObject({
    why: expect.stringMatching(/nsenter \(util-linux\) is missing/),
  })
  expect(await talk('ECONNREFUSED')).toMatchObject({ why: 'it refuses connections' })
})
