import { expect, test } from 'vitest'
import { cgroupState, NOW, oomReport, seen, toldByKubelet } from '../../../test/support/incident.ts'
import { MIB } from '../../model/bytes.ts'
import type { KubeletFigures } from '../../model/kubelet.ts'
import type { Incident } from '../incident.ts'
import { kubeletCountsKills } from './kubelet-counts-kills.ts'

/** One in which the kernel killed once. */
function told(figures: Partial<KubeletFigures> = {}, change: Partial<Incident> = {}): Incident {
  return toldByKubelet({ oomKills: 1, ...figures }, change)
}

test.each([
  ['once', { oomKills: 1 }, 'likely', 100 * MIB],
  ['3 times', { oomKills: 3 }, 'likely', 100 * MIB],
  ['once', { limitBytes: null }, 'possible', null],
] as const)(
  'a kernel kill %s in what lives: %j is %s',
  (times, figures, confidence, limitBytes) => {
    const given = told(figures)
    expect(kubeletCountsKills.ask(given)).toMatchObject({
      answer: 'holds',
      confidence,
      mainProcessDied: false,
      summary: expect.stringContaining(`acted ${times} in `),
      binding: { scope: 'container', limitBytes },
      because: [given.figures],
    })
  },
)

const own = seen(cgroupState())
const ending = { at: NOW, exitCode: 137, signal: 9, askedBy: null, because: [] }

test.each([
  ['no kill was counted', told({ oomKills: 0 })],
  ['kills are not told', told({ oomKills: null })],
  ['the group itself was read', told({}, { groups: { own, ancestors: [], nested: [] } })],
  ['the kernel tells of a kill itself', told({}, { reports: [seen(oomReport())] })],
  ['the container ended', told({}, { alive: null, ending })],
  ['the container is dead, and nobody knows how it ended', told({}, { alive: false })],
])('%s: nothing is said of it', (_what, given) => {
  expect(kubeletCountsKills.ask(given)).toEqual({ answer: 'not-shown' })
})
