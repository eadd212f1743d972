import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { World } from '../../model/evidence.ts'
import { Gathering } from './gathering.ts'

const FOUND: World = { observations: [], unknown: ['this is what it found'] }

describe('asking a source', () => {
  it('leaves nobody who listens behind: a watch asks at each kill', async () => {
    const gathering = new Gathering({})
    const signals: AbortSignal[] = []
    const found = await gathering.ask('a source', (signal) => {
      signals.push(signal)
      return Promise.resolve(FOUND)
    })
    gathering.end()
    expect(found).toEqual(FOUND)
    expect(signals.flatMap((signal) => getEventListeners(signal, 'abort'))).toEqual([])
  })

  it('goes on without one that does not answer in time, and tells so', async () => {
    const gathering = new Gathering({ sourceTimeoutMs: 20 })
    const never = new Promise<World>(() => undefined)
    const told = await gathering.ask('a source', () => never)
    gathering.end()
    expect(told.unknown).toEqual(['a source did not answer in time'])
  })

  it('takes what a source hands over when its time is up', async () => {
    const gathering = new Gathering({ sourceTimeoutMs: 20 })
    const found = await gathering.ask(
      'a source',
      (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(FOUND))),
    )
    gathering.end()
    expect(found).toEqual(FOUND)
  })
})
