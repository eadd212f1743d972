/**
 * Records what a real cluster says of pods that die of memory: `sudo node scripts/record/kubernetes.ts [SCENE…]`, or all of them.
 * Needs what `scripts/kubernetes/build.ts` builds. Writes fixtures/kubernetes/v1.34/SCENE/; takes three minutes.
 */
import { join } from 'node:path'
import { MIB } from '../../src/model/bytes.ts'
import { startCluster } from '../../test/support/cluster.ts'
import type { ClusterOptions } from '../../test/support/cluster.ts'
import { KUBERNETES_VERSION } from '../kubernetes/programs.ts'
import { REPO } from '../lib/repo.ts'
import { localNode } from './kubernetes/node-view.ts'
import { playAll } from './kubernetes/play.ts'
import { NODE_SCENES } from './kubernetes/node-scenes.ts'
import { POD_SCENES } from './kubernetes/pod-scenes.ts'
import type { Scene } from './kubernetes/scene.ts'
import { WORKLOAD_SCENES } from './kubernetes/workload-scenes.ts'

const FOLDER = join(
  REPO,
  'fixtures/kubernetes',
  KUBERNETES_VERSION.split('.').slice(0, 2).join('.'),
)
/** Pods of a node this small run out together, and are evicted when they have 64 MiB left. */
const SMALL_NODE = { allocatableBytes: 128 * MIB, evictionBytes: 64 * MIB }

const wanted = new Set(process.argv.slice(2))
await record({}, [...POD_SCENES, ...WORKLOAD_SCENES], 4)
// What all pods of a node share is one thing at a time.
await record(SMALL_NODE, NODE_SCENES, 1)

async function record(
  options: ClusterOptions,
  all: readonly Scene[],
  atOnce: number,
): Promise<void> {
  const scenes = all.filter(({ name }) => wanted.size === 0 || wanted.has(name))
  if (scenes.length === 0) return
  const cluster = await startCluster(options)
  try {
    await playAll(localNode(cluster), { scenes, atOnce, into: FOLDER })
  } finally {
    await cluster.stop()
  }
}
