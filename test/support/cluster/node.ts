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
  const network = join(space.folder, 'cni')
  mkdirSync(network)
  writeFileSync(join(network, '10-pods.conflist'), JSON.stringify(POD_NETWORK))
  const config = join(space.folder, 'containerd.toml')
  writeFileSync(config, containerdConfig(network))
  space.start('containerd', ['containerd', `--config=${config}`])
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

/** Without CAP_SYS_RESOURCE no process may get a lower oom_score_adj than its parent: pods get 0 where they would get less. */
function containerdConfig(network: string): string {
  return `version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${network}"
`
}

export function startKubelet(space: NodeSpace, identities: Identities, options: NodeOptions): void {
  const serving = identities.server(NODE_NAME, [`DNS:${NODE_NAME}`, `IP:${NODE_ADDRESS}`])
  const config = {
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
    cgroupRoot: space.group,
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    oomScoreAdj: 0,
    nodeStatusUpdateFrequency: '2s',
    imageGCHighThresholdPercent: 100,
    evictionPressureTransitionPeriod: '5s',
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
