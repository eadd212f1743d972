import { describe, expect, it } from 'vitest'
import { MIB } from '../model/bytes.ts'
import { waitingLine } from './waiting-line.ts'
import type { WaitingLine } from './waiting-line.ts'

interface Message {
  data: string
}

const MISSED = { data: 'missed' }

function lineOf(...messages: readonly string[]): WaitingLine<Message> {
  const line = waitingLine<Message>(MISSED, ({ data }) => data.length)
  for (const data of messages) line.push({ data })
  return line
}

async function taken(line: WaitingLine<Message>): Promise<(Message | 'nothing' | 'ended')[]> {
  const all: (Message | 'nothing' | 'ended')[] = []
  for (;;) {
    const message = await line.next(1)
    if (message === 'nothing') return all
    all.push(message)
  }
}

describe('a slow listener', () => {
  it('gets what waits, in its order, and of what is told anew the newest', async () => {
    const line = lineOf('one')
    line.push({ data: 'round 1' }, 'round')
    line.push({ data: 'two' })
    line.push({ data: 'round 2' }, 'round')
    expect(await taken(line)).toEqual([{ data: 'one' }, { data: 'two' }, { data: 'round 2' }])
  })

  it.each([
    ['many small ones', Array.from({ length: 257 }, () => 'x')],
    ['a few large ones', Array.from({ length: 5 }, () => 'x'.repeat(MIB / 4))],
  ])('has to ask again where too much waits: %s', async (_, messages) => {
    const line = lineOf(...messages)
    line.push({ data: 'after' })
    expect(await taken(line)).toEqual([MISSED, { data: 'after' }])
  })
})
