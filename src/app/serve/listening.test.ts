import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../test/support/testbed.ts'
import { listen } from './listening.ts'
import type { Listening } from './listening.ts'

const CALL = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

let server: Listening
let release: () => void
const sockets: Socket[] = []

beforeEach(async () => {
  const released = new Promise<void>((resolve) => (release = resolve))
  const answer = async (request: Request): Promise<Response> => {
    await released
    return new Response(`this is ${new URL(request.url).pathname}`)
  }
  server = await listen(answer, { host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await server.close()
})

/** Says so much at once, and gives what it is told. */
async function say(words: string): Promise<{ socket: Socket; heard(): string }> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  sockets.push(socket)
  let text = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(words)
  return { socket, heard: () => text }
}

describe('calls that are sent before the first is answered', () => {
  it('are answered in their order where they are few', async () => {
    const { heard } = await say(CALL('/one') + CALL('/two') + CALL('/three'))
    release()
    await until('all answers', () => heard().includes('this is /three'))
    expect([...heard().matchAll(/this is (\S+?)(?=HTTP|$)/g)].map(([, path]) => path)).toEqual([
      '/one',
      '/two',
      '/three',
    ])
  })

  it('are hung up on where they are many, and nobody else is', async () => {
    const { socket, heard } = await say(CALL('/greedy').repeat(50))
    await once(socket, 'close')
    expect(heard()).toBe('')
    release()
    expect(await (await fetch(new URL('/other', server.url))).text()).toBe('this is /other')
  })

  it('do not count once they are answered, however many there are', async () => {
    release()
    const { heard, socket } = await say(CALL('/0'))
    for (let at = 1; at < 20; at++) {
      await until(`answer ${at - 1}`, () => heard().includes(`this is /${at - 1}`))
      socket.write(CALL(`/${at}`))
    }
    await until('the last answer', () => heard().includes('this is /19'))
    expect(socket.destroyed).toBe(false)
  })
})
