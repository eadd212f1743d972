import { expect, it } from 'vitest'
import { incident, NOW, podContainer } from '../../test/support/incident.ts'
import { ofWorkload, revision } from '../../test/support/workload.ts'
import { MIB } from '../model/bytes.ts'
import type { Incident } from './incident.ts'
import { limitInWords, loweredLimit, releaseInWords, releaseOf } from './release.ts'

const LOWERED = [revision(2, 100 * MIB), revision(1, 200 * MIB)]

it('an incident since the newest version of its workload belongs to that', () => {
  const release = releaseOf(ofWorkload(LOWERED))
  expect(release).toMatchObject({ newest: { revision: 2 }, before: { revision: 1 } })
  const at = NOW - 30_000
  expect(releaseOf(ofWorkload(LOWERED, { at }))).toMatchObject({ newest: { revision: 2 } })
  expect(releaseOf(ofWorkload(LOWERED, { at: null }))).toMatchObject({ newest: { revision: 2 } })
  expect(releaseOf(ofWorkload(LOWERED.slice(0, 1)))).toMatchObject({ before: null })
})

it.each<[string, Incident]>([
  ['the pod belongs to nothing', incident()],
  ['no version is kept', ofWorkload([])],
  ['nobody knows since when it is', ofWorkload([revision(2, MIB, null)])],
  ['the incident is older than it', ofWorkload(LOWERED, { at: NOW - 30_001 })],
])('no release is known where %s', (_, found) => {
  expect(releaseOf(found)).toBeNull()
})

it.each<[string, readonly (number | null)[], { from: number | null; to: number } | null]>([
  ['it has less', [100, 200], { from: 200 * MIB, to: 100 * MIB }],
  ['it had none', [100, null], { from: null, to: 100 * MIB }],
  ['it has more', [200, 100], null],
  ['it has the same', [100, 100], null],
  ['it has none any more', [null, 100], null],
  ['there was no version before', [100], null],
])('a release lowered the limit of the container: %s', (_, mebibytes, lowered) => {
  const revisions = mebibytes.map((mib, index) =>
    revision(mebibytes.length - index, mib === null ? null : mib * MIB),
  )
  const found = ofWorkload(revisions)
  const release = releaseOf(found)
  expect(release).not.toBeNull()
  if (release !== null) expect(loweredLimit(found, release)).toEqual(lowered)
})

it('the limits of another container say nothing of this one, nor does a new name', () => {
  for (const name of ['another', 'sidecar']) {
    const found = ofWorkload(LOWERED, { podContainer: podContainer({ name }) })
    const release = releaseOf(found)
    expect(release && loweredLimit(found, release)).toBeNull()
  }
  const unknown = ofWorkload(LOWERED, { podContainer: null })
  const release = releaseOf(unknown)
  expect(release && loweredLimit(unknown, release)).toBeNull()
})

it('is told as people look for it', () => {
  const release = releaseOf(ofWorkload(LOWERED))
  expect(release && releaseInWords(release)).toBe(
    'revision 2 of Deployment shop/web (2026-05-01 11:59:30 UTC)',
  )
  expect([limitInWords(null), limitInWords(64 * MIB)]).toEqual(['no limit', '64 MiB'])
})
