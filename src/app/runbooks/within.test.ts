import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NOTHING_SAID, orderFor, statesOf, workplace } from '../../../test/support/runs.ts'
import type { Workplace } from '../../../test/support/runs.ts'
import { remotePerson } from '../../runbooks/run/remote-person.ts'
import { recordedRun } from './recorded-runs.ts'
import { noteAgain } from './resume-run.ts'

const fence = (attributes: string, command: string): string =>
  `\n\nWhat it is for.\n\n\`\`\`bash {${attributes}}\n${command}\n\`\`\``

const BOOK = [
  '---\nid: slow\nparams:\n  word: { type: name, asks: what it shall be }\n---\n# It is slow\n\n## Quick checks',
  fence('id=look, kind=check, problemIf="exit == 0"', 'cat FILE'),
  fence('id=slow, kind=check, timeout=20s', 'sleep 3'),
  fence('id=late, kind=check', 'cat FILE'),
  '\n\n## Deep diagnosis',
  fence('id=deep, kind=check', 'cat FILE'),
  '\n\n## Mitigation',
  fence('id=set, kind=change, risk=low', 'SET FILE new'),
  '\n\n## Verification',
  fence('id=is-new, kind=assert', 'grep new FILE'),
].join('')

const CHECKS = BOOK.slice(0, BOOK.indexOf('\n\n## Mitigation'))
const given = new Map([['word', 'x']])

let place: Workplace
beforeEach(() => {
  place = workplace()
})
afterEach(() => place.remove())

/** As one that was opened by itself: nobody is there, and nothing is approved. */
const start = (path: string, withinMs: number, params = given) =>
  place.start(
    path,
    { withinMs, approval: NOTHING_SAID, given: params },
    { person: remotePerson(new Map()) },
  )

describe('a run that has so long to look', () => {
  it('leaves what takes longer, waits before the first change, and looks at the rest when it goes on', async () => {
    const path = place.write(BOOK)
    const run = await start(path, 1_000)
    expect(statesOf(run)).toMatchObject({
      look: 'problem',
      slow: 'waits',
      late: 'waits',
      deep: 'skipped',
      set: 'waits',
      'is-new': 'pending',
    })
    expect(run.steps.find(({ id }) => id === 'slow')?.why).toContain('time for looking was up')
    expect(run.waits).toMatchObject({ step: 'set', why: expect.stringContaining('approval') })
    expect(place.log()).toEqual([])
    const { approval } = orderFor(path, given)
    const resumed = await place.resume(run.run, { approval })
    expect(statesOf(resumed)).toMatchObject({ slow: 'ok', late: 'ok', set: 'ok' })
    expect(resumed.verdict).toBe('resolved')
  })

  it('does not call well what it had no time to look at', async () => {
    const unseen = await start(place.write(CHECKS.replace('exit == 0', 'exit != 0')), 1_000)
    expect(unseen.verdict).toBeNull()
    expect(unseen.waits).toMatchObject({ step: 'slow' })
  })

  it('does not wait for what it has no time for', async () => {
    const waiting = BOOK.replace('kind=check, timeout=20s', 'kind=wait, timeout=10m')
    const run = await start(place.write(waiting), 5_000)
    expect(statesOf(run)).toMatchObject({ slow: 'waits', late: 'ok', set: 'waits' })
  })
})

it('what else happens is noted at the run, which goes on as before', async () => {
  const path = place.write(BOOK.replace('sleep 3', 'true'))
  const run = await start(path, 10_000)
  const origin = { kind: 'case', case: 'c_00000001' } as const
  await noteAgain(place.data, run.run, { origin, at: Date.now() })
  expect(place.told(run.run)).toMatchObject({ seenAgain: [{ origin }], waits: run.waits })
  const { approval } = orderFor(path, given)
  expect((await place.resume(run.run, { approval })).verdict).toBe('resolved')
  expect(recordedRun(place.data, run.run).broken).toBeNull()
})
