/** What a recording asks the node itself, beside what its API server tells. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { ClusterClient } from '../../../test/support/cluster/client.ts'
import type { TestCluster } from '../../../test/support/cluster.ts'
import type { GuestCluster } from '../../../test/support/guest-cluster.ts'
import { V2_FILES } from '../../../src/sources/cgroup/files.ts'
import { hostNotes, kernelLog, recordsOf } from './kernel-log.ts'

export interface RecordedGroup {
  /** `pod`, or the name of a container. */
  name: string
  files: Readonly<Record<string, string>>
}

export interface NodeView {
  kubeletLog(): string
  /** The kernel's version, and when it began. */
  notes(): Promise<string>
  /** Records of /dev/kmsg, oldest first. */
  kernelLog(): Promise<readonly string[]>
  /** The memory groups of a pod, which is given as the API server holds it. */
  groupsOf(pod: string): Promise<readonly RecordedGroup[]>
  /** More files of a scene, by their names. */
  more(kubectl: (...args: string[]) => Promise<string>): Promise<Readonly<Record<string, string>>>
}

/** What scenes are played on. */
export interface Played extends Pick<ClusterClient, 'kubeconfig'> {
  nodeName: string
  folder: string
  node: NodeView
}

/** A node on this very machine. */
export function localNode(cluster: TestCluster): Played {
  const log = join(cluster.folder, 'kubelet.log')
  return {
    ...cluster,
    node: {
      kubeletLog: () => readFileSync(log, 'utf8'),
      notes: async () => hostNotes(),
      kernelLog: async () => kernelLog(),
      groupsOf: async () => [],
      more: async () => ({}),
    },
  }
}

/** A node that is a guest, with cgroup v2. */
export function guestNode({ node, ...cluster }: GuestCluster): Played {
  return {
    ...cluster,
    node: {
      kubeletLog: () => node.kubeletLog(),
      notes: () => node.ask('cat /proc/version; grep btime /proc/stat'),
      kernelLog: async () =>
        recordsOf(await node.ask('dd if=/dev/kmsg iflag=nonblock bs=16384 2>/dev/null; true')),
      groupsOf: async (pod) => {
        const known = PodGroups.parse(JSON.parse(pod))
        const names = new Map(
          known.status.containerStatuses.flatMap(({ name, containerID = '' }) =>
            containerID === '' ? [] : [[containerID.replace(/^.*\//, ''), name] as const],
          ),
        )
        names.set(`pod${known.metadata.uid}`, 'pod')
        const asked = await node.ask(groupsScript(known.metadata.uid))
        return groupsIn(asked, names)
      },
      more: async (kubectl) => {
        const path = `/api/v1/nodes/${cluster.nodeName}/proxy/configz`
        const text = await kubectl('get', '--raw', path)
        // Its certificates lie in a folder that is gone afterwards.
        const config: unknown = JSON.parse(text.replaceAll(cluster.folder, '/etc/kubernetes'))
        return {
          'configz.json': `${JSON.stringify(config, null, 2)}\n`,
          meminfo: await node.ask('cat /proc/meminfo'),
        }
      },
    },
  }
}

const PodGroups = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z.object({
    containerStatuses: z.array(z.object({ name: z.string(), containerID: z.optional(z.string()) })),
  }),
})

/** Each file of a group behind a line that says which: `== PATH FILE`. */
function groupsScript(uid: string): string {
  return `cd /sys/fs/cgroup && find kubepods -path '*pod${uid}*' -type d | while read -r group; do
  for file in ${V2_FILES.join(' ')}; do
    [ -e "$group/$file" ] && echo "== /$group $file" && cat "$group/$file"
  done
done; true`
}

/** The sandbox of a pod has no name, and is left out. */
function groupsIn(text: string, names: ReadonlyMap<string, string>): RecordedGroup[] {
  const groups = new Map<string, Record<string, string>>()
  for (const part of text.split(/^== /m).slice(1)) {
    const [head = '', ...lines] = part.split('\n')
    const [path = '', file = ''] = head.split(' ')
    const name = names.get(path.replace(/^.*\//, ''))
    if (name === undefined) continue
    const files = groups.get(name) ?? { PATH: `${path}\n` }
    files[file] = lines.join('\n')
    groups.set(name, files)
  }
  return [...groups].map(([name, files]) => ({ name, files }))
}
