import assert from 'node:assert/strict'
import { MIB } from '../../src/model/bytes.ts'
import { krr, vpaKillBytes, vpaTarget } from './tools.ts'

/** Days that the VPA keeps: eight windows of a day. */
const DAYS = 8

/**
 * Holds the other tools' formulas to one case that was worked out from their source: a peak of 400 Mi, a request of 512 Mi, one
 * kill. Throws where they differ.
 */
export function checkTools(): void {
  const killed = vpaKillBytes(512 * MIB, 400 * MIB)
  assert.equal((killed / MIB).toFixed(1), '614.4')
  const targets = (replicas: number): number[] =>
    [0, 1, 2, 3].map((daysSince) => {
      const days = Array.from({ length: DAYS }, (_, daysAgo) => ({ daysAgo, bytes: 400 * MIB }))
      const others = Array.from({ length: replicas - 1 }, () => days).flat()
      const own = days.map((day) => (day.daysAgo === daysSince ? { ...day, bytes: killed } : day))
      return Math.round(vpaTarget([...own, ...others]) / MIB)
    })
  assert.deepEqual(targets(1), [729, 729, 729, 488])
  assert.deepEqual(targets(2), [729, 729, 488, 488])
  for (const replicas of [3, 4, 5]) assert.deepEqual(targets(replicas), [729, 488, 488, 488])
  assert.deepEqual(targets(6), [488, 488, 488, 488])
  const seen = {
    from: 0,
    to: 1,
    points: [{ at: 0, workingSetBytes: 400 * MIB }],
    kills: [{ at: 0, limitBytes: 512 * MIB, uptimeSeconds: null }],
  }
  assert.equal(krr(seen, false), 460 * MIB)
  assert.equal(krr(seen, true), 640 * MIB)
  assert.equal(krr({ ...seen, points: [{ at: 0, workingSetBytes: MIB }] }, false), 100 * MIB)
}
