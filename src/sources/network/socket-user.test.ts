import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { hostReader } from '../reader.ts'
import { socketUser } from './socket-user.ts'

const isRoot = process.getuid?.() === 0

/** Who the kernel says has connected: asked by the server of its own connection. */
async function userOf(
  host: string,
  dial: (port: number) => Promise<() => void>,
): Promise<number | null> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()))
  const accepted = once(server, 'connection')
  const hangUp = await dial(port)
  const [socket]: Socket[] = await accepted
  try {
    return socketUser(
      hostReader(),
      { address: socket?.remoteAddress ?? '', port: socket?.remotePort ?? 0 },
      { address: socket?.localAddress ?? '', port: socket?.localPort ?? 0 },
    )
  } finally {
    hangUp()
    socket?.destroy()
    server.close()
  }
}

const byUs = (host: string) => async (port: number) => {
  const socket = connect(port, host)
  await once(socket, 'connect')
  return () => void socket.destroy()
}

it.each(['127.0.0.1', '::1'])('the user of this very process, over %s', async (host) => {
  expect(await userOf(host, byUs(host))).toBe(process.getuid?.())
})

it('over IPv4 to a server of IPv6', async () => {
  expect(await userOf('::', byUs('127.0.0.1'))).toBe(process.getuid?.())
})

it.skipIf(!isRoot)('another user', async () => {
  const nobody = 65_534
  const found = await userOf('127.0.0.1', async (port) => {
    const dial = `const s = require('net').connect(${port}, '127.0.0.1'); s.on('error', () => {})`
    const child = spawn(
      'setpriv',
      ['--reuid', String(nobody), '--clear-groups', process.execPath, '-e', dial],
      {
        stdio: 'ignore',
      },
    )
    return () => void child.kill('SIGKILL')
  })
  expect(found).toBe(nobody)
})

it('nobody, where there is no such connection', () => {
  const near = { address: '127.0.0.1', port: 1 }
  expect(socketUser(hostReader(), near, { address: '127.0.0.1', port: 2 })).toBeNull()
  expect(socketUser(hostReader(), { address: 'fe80::1', port: 1 }, near)).toBeNull()
})
