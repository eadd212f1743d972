import { figuresOfGroup } from '../../src/bill/figures.ts'
import { pageCacheOf } from '../../src/bill/page-cache.ts'
import type { CacheReading } from '../../src/bill/page-cache-reading.ts'
import { sharingOf } from '../../src/bill/sharing.ts'
import type { SharingView } from '../../src/bill/sharing.ts'
import type { PageCacheView } from '../../src/model/bill.ts'
import { cgroupOf, processesOf } from './group-texts.ts'
import type { GroupTexts } from './group-texts.ts'
import type { MemoryScene } from './memory-scenes.ts'

export function cacheReading(texts: GroupTexts): CacheReading {
  const state = cgroupOf(texts)
  const group = figuresOfGroup(state)
  if (group === null) throw new Error('the group does not say what it uses')
  return { group, pressure: state.pressure, limitHits: state.failcnt ?? state.events?.max ?? null }
}

/** What is said of a scene's page cache, from both looks or from the second one alone. */
export function cacheViewOf(scene: MemoryScene, looks: 1 | 2 = 2): PageCacheView {
  const earlier = { reading: cacheReading(scene.earlier), seconds: scene.seconds }
  const view = pageCacheOf(cacheReading(scene.now), {
    earlier: looks === 2 ? earlier : null,
    lruGen: scene.lruGen,
    tmpfs: scene.tmpfs,
  })
  if (view === null) throw new Error('nothing is said')
  return view
}

export function sharingViewOf(scene: MemoryScene): SharingView {
  return sharingOf(processesOf(scene.now), figuresOfGroup(cgroupOf(scene.now)), scene.ksm)
}
