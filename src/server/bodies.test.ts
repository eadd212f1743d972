import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MIB } from '../model/bytes.ts'
import { createBodies } from './bodies.ts'
import type { Bodies } from './bodies.ts'

interface Sender {
  send(bytes: Uint8Array): void
  end(): void
  breakOff(): void
  /** What became of it. */
  read: Promise<unknown>
}

/** Somebody who sends a body, and takes their time. */
function sender(bodies: Bodies, work = (text: string) => Promise.resolve(text)): Sender {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  // Nobody listens any more to who was refused.
  const quietly = (done: Promise<void>): void => void done.catch(() => undefined)
  return {
    send: (bytes) => quietly(writer.write(bytes)),
    end: () => quietly(writer.close()),
    breakOff: () => quietly(writer.abort(new Error('the connection is gone'))),
    read: bodies.read({ body: readable }, work),
  }
}

const bytes = (mebibytes: number): Uint8Array => new Uint8Array(mebibytes * MIB).fill(0x20)
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

describe('a body', () => {
  it('is given whole, however it comes in pieces', async () => {
    const text = randomBytes(100_000).toString('hex') + 'ä€😀'
    const all = new TextEncoder().encode(text)
    const one = sender(createBodies())
    for (let at = 0; at < all.length; at += 7_919) one.send(all.subarray(at, at + 7_919))
    one.end()
    expect(await one.read).toEqual({ is: 'read', result: text })
  })

  it('may be missing', async () => {
    const read = await createBodies().read({ body: null }, (text) => Promise.resolve(text))
    expect(read).toEqual({ is: 'read', result: '' })
  })

  it('is refused as soon as it is too large', async () => {
    const one = sender(createBodies())
    for (let at = 0; at < 17; at++) one.send(bytes(1))
    expect(await one.read).toEqual({ is: 'too large' })
  })

  it('that breaks off is none', async () => {
    const one = sender(createBodies())
    one.send(bytes(1))
    one.breakOff()
    expect(await one.read).toEqual({ is: 'broken off' })
  })
})

describe('where many are sent at once', () => {
  it('the largest that still comes is refused, and the small ones are read', async () => {
    const bodies = createBodies()
    const slow = [14, 9, 6].map((size) => {
      const one = sender(bodies)
      one.send(bytes(size))
      return one
    })
    await soon()
    const small = sender(bodies, () => Promise.resolve('kept'))
    small.send(bytes(4))
    small.end()
    expect(await small.read).toEqual({ is: 'read', result: 'kept' })
    expect(await slow[0]?.read).toEqual({ is: 'too many' })
    for (const one of slow.slice(1)) one.end()
    expect(await slow[1]?.read).toMatchObject({ is: 'read' })
    expect(await slow[2]?.read).toMatchObject({ is: 'read' })
  })

  it('what is being worked with counts, until it is done', async () => {
    const bodies = createBodies()
    const working = Promise.withResolvers<string>()
    const held = [15, 15].map((size) => {
      const one = sender(bodies, () => working.promise)
      one.send(bytes(size))
      one.end()
      return one
    })
    await soon()
    const third = sender(bodies)
    third.send(bytes(4))
    expect(await third.read).toEqual({ is: 'too many' })
    working.resolve('done')
    for (const one of held) expect(await one.read).toEqual({ is: 'read', result: 'done' })
    const fourth = sender(bodies, () => Promise.resolve('read'))
    fourth.send(bytes(4))
    fourth.end()
    expect(await fourth.read).toEqual({ is: 'read', result: 'read' })
  })
})
