/**
 * Records what a real kubelet on cgroup v2 says of pods that die of memory, or nearly do:
 * `sudo node scripts/record/kubernetes-cgroup2.ts [SCENE…]`, or all of them. Its node is a guest (scripts/guest/) with a kernel
 * of its own. Needs what `scripts/kubernetes/build.ts` builds. Writes fixtures/kubernetes/v1.34-cgroup2/SCENE/; takes
 * some ten minutes.
 */
import { join } from 'node:path'
import { startGuestCluster } from '../../test/support/guest-cluster.ts'
import { KUBERNETES_VERSION } from '../kubernetes/programs.ts'
import { REPO } from '../lib/repo.ts'
import { EVICTION_SCENE, GROUP_SCENES, SINGLE_SCENES } from './kubernetes/cgroup2-scenes.ts'
import { guestNode } from './kubernetes/node-view.ts'
import { playAll } from './kubernetes/play.ts'
import type { Scene } from './kubernetes/scene.ts'

const VERSION = KUBERNETES_VERSION.split('.').slice(0, 2).join('.')
const FOLDER = join(REPO, 'fixtures/kubernetes', `${VERSION}-cgroup2`)

/** Half of the memory of a small node is soon used up. */
const GROUPS_AND_SWAP = {
  memorySwap: { swapBehavior: 'LimitedSwap' },
  featureGates: { MemoryQoS: true },
  evictionHard: { 'memory.available': '50%' },
}
const SINGLE_AND_NO_SWAP = {
  singleProcessOOMKill: true,
  evictionHard: { 'memory.available': '100Mi' },
}

const wanted = new Set(process.argv.slice(2))
await record(GROUPS_AND_SWAP, [GROUP_SCENES, [EVICTION_SCENE]])
await record(SINGLE_AND_NO_SWAP, [SINGLE_SCENES])

/** Scenes of one act share the node, acts follow each other. */
async function record(kubelet: object, all: readonly (readonly Scene[])[]): Promise<void> {
  const acts = all
    .map((scenes) => scenes.filter(({ name }) => wanted.size === 0 || wanted.has(name)))
    .filter((scenes) => scenes.length > 0)
  if (acts.length === 0) return
  const cluster = await startGuestCluster({
    kernel: '6.12',
    memoryMib: 2048,
    swapMib: 1024,
    kubelet,
    seconds: 3_600,
  })
  try {
    for (const scenes of acts)
      await playAll(guestNode(cluster), { scenes, atOnce: 2, into: FOLDER })
  } finally {
    await cluster.stop()
  }
}
