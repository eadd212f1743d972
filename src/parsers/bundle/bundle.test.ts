import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyWorld, FACTS } from '../../../test/support/arbitrary-facts.ts'
import { EXCERPT_CHARS, type World } from '../../model/evidence.ts'
import { REPORT_MARK, stellaWorld } from './index.ts'
import { readWorld, writeWorld } from './world-json.ts'

const ORIGIN = { from: 'world.json', readAt: null, source: null }

test.each(Object.entries(FACTS))('a stored %s comes back as it was', (_kind, fact) => {
  fc.assert(
    fc.property(fact, (stored) => {
      const world: World = {
        observations: [
          { source: 'bundle', at: null, says: 's', excerpt: 'x', from: 'f:1', fact: stored },
        ],
        unknown: [],
      }
      expect(readWorld(writeWorld(world))).toEqual(world)
    }),
  )
})

test('a stored world is recognised, and its observations and gaps come back', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const text = writeWorld(world)
      expect(stellaWorld.recognise(text, 'any-name')).toBe(true)
      expect(stellaWorld.parse(text, ORIGIN)).toEqual(world.observations)
      expect(stellaWorld.unread?.(text, 'file')).toEqual(world.unknown)
    }),
  )
})

test('whatever stands in the file, reading it does not throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(stellaWorld.parse(text, ORIGIN)).toEqual([])
    }),
  )
})

/** No container has such a limit. */
const BELOW_NOTHING = {
  ...{ kind: 'container-stats', id: 'c', name: null, usageBytes: 4096, limitBytes: -1 },
  ...{ maxUsageBytes: null, failcnt: null, stat: [] },
}

test('an observation that is none is left out, and the loss is told', () => {
  const text = JSON.stringify({
    schema: 'stella.world/1',
    observations: [
      { source: 'kmsg', at: 'yesterday', says: '', excerpt: '', from: '', fact: {} },
      { source: 'log', at: 1, says: '', excerpt: '', from: '', fact: { kind: 'of-tomorrow' } },
      { source: 'log', at: 1, says: '', excerpt: '', from: '', fact: BELOW_NOTHING },
    ],
    unknown: ['kernel log'],
  })
  expect(readWorld(text)).toEqual({
    observations: [],
    unknown: ['kernel log', '3 of 3 stored observations could not be read'],
  })
})

test('a damaged excerpt cannot be longer than one that was parsed', () => {
  const fact = { kind: 'exit-status', exitCode: 137, signal: null }
  const entry = { source: 'log', at: 1, says: '', excerpt: 'x'.repeat(9_999), from: '', fact }
  const text = JSON.stringify({ schema: 'stella.world/1', observations: [entry], unknown: [] })
  expect(readWorld(text)?.observations[0]?.excerpt).toHaveLength(EXCERPT_CHARS)
})

test.each(['{"schema": "stella.case/1", "id": "c"}', `${REPORT_MARK}\n\n# Killed`])(
  'a conclusion next to it is known, and is no evidence: %s',
  (text) => {
    expect(stellaWorld.recognise(text, 'x')).toBe(true)
    expect(stellaWorld.parse(text, ORIGIN)).toEqual([])
  },
)

test.each(['{"kind": "Pod"}', '[]', '', '{"schema":"stella.worldly/1"}', 'schema stella.world/1'])(
  'something else is not taken for it: %s',
  (text) => {
    expect(stellaWorld.recognise(text, 'world.json')).toBe(false)
  },
)
