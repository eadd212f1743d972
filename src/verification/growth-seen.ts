import type { Growth } from '../model/growth.ts'
import { classifyGrowth } from '../sizing/growth/classify.ts'
import type { Look } from './seen.ts'

/** What the samples of one window show; null where there are none. */
export function growthSeen(looks: readonly Look[]): Growth | null {
  const samples = looks.flatMap(({ sample }) => sample ?? [])
  const last = samples.at(-1)
  if (last === undefined) return null
  return classifyGrowth(
    {
      subject: null,
      source: 'stella',
      group: { subject: 'group', name: null, process: null, samples, marks: [] },
      processes: [],
      regions: [],
      unknown: [],
    },
    { at: last.at },
  )
}
