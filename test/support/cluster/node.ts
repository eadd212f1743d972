/** The node: containerd, a network of its pods, and a kubelet. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { kubernetesProgram } from '../../../scripts/kubernetes/programs.ts'
import { run, until, tryRun } from '../testbed.ts'
import { memberConfig } from './control-plane.ts'
import type { Identities } from './identities.ts'
import { NODE_ADDRESS } from './space.ts'
import type { NodeSpace } from './space.ts'

export const NODE_NAME = 'node-1'
export const PAUSE_IMAGE = 'docker.io/stella-test/pause:1'

const CONTAINERD_SOCKET = '/run/containerd/containerd.sock'

export interface NodeOptions {
  /** What pods may have together; null: all of the machine but the threshold of eviction. */
  allocatableBytes: number | null
  /** Below this the kubelet evicts. */
  evictionBytes: number
  featureGates: string
}

export async function startRuntime(space: NodeSpace): Promise<void> {
  space.start('containerd', ['containerd', `--config=${runtimeConfiguration(space.folder, true)}`])
  await until('containerd answers', () => tryRun([...ctr(space), 'version']).status === 0)
}

/** Gives the images of a `docker save` archive to the node. */
export function importImages(space: NodeSpace, archive: string): void {
  run([...ctr(space), '--namespace=k8s.io', 'images', 'import', archive])
}

function ctr(space: NodeSpace): string[] {
  return [...space.within, 'ctr']
}

const POD_NETWORK = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.85.0.0/24' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
}

/**
 * Writes the files of containerd, and of the pods' network, into a folder.
 *
 * @param restricted without CAP_SYS_RESOURCE no process may get a lower oom_score_adj than its parent: pods get 0 where they
 *   would get less
 */
export function runtimeConfiguration(folder: string, restricted: boolean): string {
  const network = join(folder, 'cni')
  mkdirSync(network)
  writeFileSync(join(network, '10-pods.conflist'), JSON.stringify(POD_NETWORK))
  const config = join(folder, 'containerd.toml')
  writeFileSync(
    config,
    `version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = ${restricted}
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${network}"
`,
  )
  return config
}

export function startKubelet(space: NodeSpace, identities: Identities, options: NodeOptions): void {
  const config = {
    ...kubeletConfiguration(identities, NODE_NAME, NODE_ADDRESS),
    cgroupRoot: space.group,
    failCgroupV1: false,
    oomScoreAdj: 0,
    evictionHard: { 'memory.available': String(options.evictionBytes) },
    ...reserved(options),
    featureGates: Object.fromEntries(
      options.featureGates
        .split(',')
        .filter((word) => word !== '')
        .map((word) => word.split('='))
        .map(([name = '', value]) => [name, value === 'true']),
    ),
  }
  const file = join(space.folder, 'kubelet.json')
  writeFileSync(file, JSON.stringify(config, null, 2))
  mkdirSync(join(space.folder, 'lib', 'kubelet', 'manifests'), { recursive: true })
  space.start('kubelet', [
    kubernetesProgram('kubelet'),
    `--config=${file}`,
    `--kubeconfig=${memberConfig(space, identities, `system:node:${NODE_NAME}`, 'system:nodes')}`,
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${NODE_ADDRESS}`,
    '--v=2',
  ])
}

/** What every kubelet of ours has in its file. */
export function kubeletConfiguration(identities: Identities, node: string, address: string) {
  const serving = identities.server(node, [`DNS:${node}`, `IP:${address}`])
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    authentication: { x509: { clientCAFile: identities.authority.certificate } },
    tlsCertFile: serving.certificate,
    tlsPrivateKeyFile: serving.key,
    staticPodPath: '/var/lib/kubelet/manifests',
    resolvConf: '',
    // No names are served; a pod that has none to ask would be warned of in its events.
    clusterDNS: ['10.96.0.10'],
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    nodeStatusUpdateFrequency: '2s',
    imageGCHighThresholdPercent: 100,
    evictionPressureTransitionPeriod: '5s',
  }
}

/** Pods share a cgroup whose limit is the machine's memory without what is kept from them here. */
function reserved({ allocatableBytes, evictionBytes }: NodeOptions): object {
  if (allocatableBytes === null) return {}
  const bytes = machineBytes() - allocatableBytes - evictionBytes
  return { enforceNodeAllocatable: ['pods'], systemReserved: { memory: String(bytes) } }
}

function machineBytes(): number {
  const [, kibibytes] = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8')) ?? []
  return Number(kibibytes) * 1024
}
