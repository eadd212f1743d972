import { describe, expect, it } from 'vitest'
import { badness } from './badness.ts'

/** A published task table of a 64 MiB Mesos task: 14756 pages resident, 52 page tables, 6 middle directories. */
const OOM_APP = { rssPages: 14756, swapPages: 0, pageTablePages: 52 + 6, oomScoreAdj: 0 }
const LIMIT_PAGES = (64 * 1024) / 4

describe('badness', () => {
  it('gives the score that a kernel before 4.17 printed for a privileged task', () => {
    expect(badness(OOM_APP, LIMIT_PAGES, { rootBonus: true })).toBe(877)
  })

  it('gives what newer kernels compute, without the bonus', () => {
    expect(badness(OOM_APP, LIMIT_PAGES)).toBe(904)
  })

  it('counts the adjustment in thousandths of the limit, divided before it is multiplied', () => {
    expect(badness({ ...OOM_APP, rssPages: 0, pageTablePages: 0, oomScoreAdj: 500 }, 16384)).toBe(
      488,
    )
  })

  it('never lets an exempt task be chosen', () => {
    expect(badness({ ...OOM_APP, oomScoreAdj: -1000 }, LIMIT_PAGES)).toBe(0)
  })

  it('says nothing without a total', () => {
    expect(badness(OOM_APP, 0)).toBeNull()
  })
})
