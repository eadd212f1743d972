/** A real Kubernetes whose one node is a guest with cgroup v2; its API server runs on this machine. */
import { openClient, untilReady } from './cluster/client.ts'
import type { ClusterClient } from './cluster/client.ts'
import { startControlPlane } from './cluster/control-plane.ts'
import { GUEST_NODE_NAME, startGuestNode } from './cluster/guest-node.ts'
import type { GuestNode, GuestNodeOptions } from './cluster/guest-node.ts'
import { createIdentities } from './cluster/identities.ts'
import { imageArchive } from './cluster/images.ts'
import { createSpace } from './cluster/space.ts'
import { inFolderOfItsOwn } from './cluster.ts'
import { HOG_IMAGE } from './images.ts'
import { join } from 'node:path'

export interface GuestCluster extends ClusterClient {
  nodeName: string
  folder: string
  node: GuestNode
  stop(): Promise<void>
}

/** Ready after a minute on a quiet machine: its node is emulated. Needs root. */
export async function startGuestCluster(
  options: GuestNodeOptions & { featureGates?: string },
): Promise<GuestCluster> {
  return inFolderOfItsOwn(async (folder, group) => {
    const archive = await imageArchive(HOG_IMAGE)
    const space = await createSpace(folder, group)
    const identities = createIdentities(join(folder, 'pki'))
    const node = await startGuestNode(space, identities, [archive], options)
    startControlPlane(space, identities, { featureGates: options.featureGates ?? '' })
    const client = await openClient(space, identities)
    await untilReady(client, GUEST_NODE_NAME, 300)
    return {
      ...client,
      nodeName: GUEST_NODE_NAME,
      folder,
      node,
      stop: async () => {
        await node.stop()
        await space.remove()
      },
    }
  })
}
