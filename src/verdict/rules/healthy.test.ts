import { expect, it } from 'vitest'
import { cgroupState, incident, seen } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { CgroupState } from '../../model/facts.ts'
import { healthy } from './healthy.ts'

function ask(own: Partial<CgroupState>) {
  const groups = { own: seen(cgroupState(own)), ancestors: [], nested: [] }
  return healthy.ask(incident({ reports: [], ending: null, alive: null, groups }))
}

const UNKNOWN = { usageBytes: null, limitBytes: null }

it('needs both what a group uses and what it may', () => {
  const said = { answer: 'holds', confidence: 'likely' }
  expect(ask({ usageBytes: 9 * MIB, limitBytes: 64 * MIB })).toMatchObject(said)
  expect(ask({ ...UNKNOWN, usageBytes: 9 * MIB, unlimited: true })).toMatchObject(said)
})

it.each<[Partial<CgroupState>, string]>([
  [{ ...UNKNOWN, usageBytes: 9 * MIB }, 'But its limit is not known.'],
  [{ ...UNKNOWN, limitBytes: 64 * MIB }, 'But what it uses is not known.'],
])('is merely possible of %j', (own, says) => {
  const summary: unknown = expect.stringContaining(says)
  expect(ask(own)).toMatchObject({ answer: 'holds', confidence: 'possible', summary })
})

it('says nothing where nothing is known of its memory', () => {
  expect(ask({ ...UNKNOWN, lowBytes: 0 })).toEqual({ answer: 'not-shown' })
})
