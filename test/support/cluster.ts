/** A real Kubernetes of one node, of the tests' own. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openClient, untilReady } from './cluster/client.ts'
import type { ClusterClient } from './cluster/client.ts'
import { startControlPlane } from './cluster/control-plane.ts'
import { createIdentities } from './cluster/identities.ts'
import { imageArchive } from './cluster/images.ts'
import { NODE_NAME, importImages, startKubelet, startRuntime } from './cluster/node.ts'
import { createSpace, removeSpace } from './cluster/space.ts'
import { HOG_IMAGE } from './images.ts'
import type { ImageRecipe } from './images.ts'
import { testbedFolder } from './testbed.ts'

export { podImage } from './cluster/images.ts'

export interface ClusterOptions {
  /** What all pods may have together, in bytes; left out: the whole machine. */
  allocatableBytes?: number
  /** The kubelet evicts when the node has less than this, in bytes. */
  evictionBytes?: number
  /** Beside the one with our program that takes memory. */
  images?: readonly ImageRecipe[]
  /** `NAME=true,…`, for every part. */
  featureGates?: string
}

export interface TestCluster extends ClusterClient {
  nodeName: string
  /** Where everything of it lies: logs of its parts, and `lib` and `log` of its node. */
  folder: string
  /** Inside every cgroup hierarchy; pods are in `kubepods` below it. */
  kubeletCgroupRoot: string
  /** What runs a program on the node: with its network, `/run`, `/var/lib` and `/var/log`. */
  onNode: readonly string[]
  /** Gives the node the images of an archive as `docker save` writes them. */
  load(archive: string): void
  stop(): Promise<void>
}

const MIB = 1024 * 1024
/** Of the folder and of the groups of a cluster: what lives in groups of this name is killed. */
const PREFIX = 'stella-test-cluster-'

/** Starts a cluster, and removes those whose tests ended without `stop`. It needs root, and is ready when its node is. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  return inFolderOfItsOwn((folder, group) => start(folder, group, options))
}

/** Makes the folder of a cluster, and removes all of the cluster where it does not start. */
export async function inFolderOfItsOwn<T>(
  begin: (folder: string, group: string) => Promise<T>,
): Promise<T> {
  await removeAbandonedClusters()
  const name = `${PREFIX}${process.pid}-${Date.now().toString(36)}`
  const folder = testbedFolder('clusters', name)
  writeFileSync(join(folder, 'owner'), `${process.pid} ${startOf(process.pid)}`)
  try {
    return await begin(folder, `/${name}`)
  } catch (error) {
    const logs = tail(folder)
    await removeSpace(folder, `/${name}`)
    throw new Error(`the cluster did not start\n${logs}`, { cause: error })
  }
}

async function start(
  folder: string,
  group: string,
  { allocatableBytes, evictionBytes = 100 * MIB, images = [], featureGates = '' }: ClusterOptions,
): Promise<TestCluster> {
  const archives = await Promise.all([HOG_IMAGE, ...images].map(imageArchive))
  const space = await createSpace(folder, group)
  const identities = createIdentities(join(folder, 'pki'))
  startControlPlane(space, identities, { featureGates })
  await startRuntime(space)
  for (const archive of archives) importImages(space, archive)
  const client = await openClient(space, identities)
  startKubelet(space, identities, {
    allocatableBytes: allocatableBytes ?? null,
    evictionBytes,
    featureGates,
  })
  await untilReady(client, NODE_NAME, 60)
  return {
    ...client,
    nodeName: NODE_NAME,
    folder,
    kubeletCgroupRoot: group,
    onNode: space.within,
    load: (archive) => importImages(space, archive),
    stop: () => space.remove(),
  }
}

/** Those whose tests ended without `stop`, or were killed. */
export async function removeAbandonedClusters(): Promise<void> {
  const clusters = testbedFolder('clusters')
  for (const name of readdirSync(clusters).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(clusters, name)
    if (!isOwned(folder)) await removeSpace(folder, `/${name}`)
  }
}

/** A PID alone is no identity: it may be another's by now. */
function isOwned(folder: string): boolean {
  try {
    const [pid, start] = readFileSync(join(folder, 'owner'), 'utf8').split(' ')
    return startOf(Number(pid)) === start
  } catch {
    return false
  }
}

/** When a process started, in the kernel's ticks; empty: there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? ''
  } catch {
    return ''
  }
}

function tail(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => `${name}:\n${readFileSync(join(folder, name), 'utf8').slice(-2000)}`)
    .join('\n')
}
