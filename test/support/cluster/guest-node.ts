/** A node that is a machine of its own: a guest with cgroup v2 and another kernel, and the same kubelet. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runGuest } from '../../../scripts/guest/guest.ts'
import type { GuestResult } from '../../../scripts/guest/guest.ts'
import { getKernel } from '../../../scripts/guest/kernels.ts'
import type { KernelName } from '../../../scripts/guest/kernels.ts'
import { kubernetesProgram } from '../../../scripts/kubernetes/programs.ts'
import { REPO } from '../../../scripts/lib/repo.ts'
import { run, testbedFolder, until } from '../testbed.ts'
import { memberConfig } from './control-plane.ts'
import type { Identities } from './identities.ts'
import { kubeletConfiguration, runtimeConfiguration } from './node.ts'
import { NODE_ADDRESS } from './space.ts'
import type { NodeSpace } from './space.ts'

export const GUEST_NODE_NAME = 'node-v2'
/** Of the guest: QEMU takes what comes there to its kubelet. */
const GUEST_ADDRESS = '10.85.254.2'
const KUBELET_PORT = 10250

export interface GuestNodeOptions {
  kernel: KernelName
  memoryMib: number
  swapMib?: number
  /** Of `KubeletConfiguration`, over what every kubelet of the tests has. */
  kubelet: object
  seconds: number
}

export interface GuestNode {
  /** Path of a file that makes its reader an administrator, on the node. */
  kubeconfig: string
  /** Runs a line of bash as root on the node, and gives what it said; throws with its errors where it fails. */
  ask(command: string, seconds?: number): Promise<string>
  /** What the kubelet has said so far. */
  kubeletLog(): string
  stop(): Promise<void>
}

/** Boots it; its kubelet tells the API server when it is ready. */
export async function startGuestNode(
  space: NodeSpace,
  identities: Identities,
  archives: readonly string[],
  options: GuestNodeOptions,
): Promise<GuestNode> {
  const files = join(space.folder, 'node')
  const output = join(space.folder, 'out')
  mkdirSync(files)
  mkdirSync(join(output, 'ask'), { recursive: true })
  // What calls it there comes from the address of the API server: a guest answers nobody who has its own.
  run([...space.within, 'ip', 'address', 'add', `${GUEST_ADDRESS}/32`, 'dev', 'lo'])
  const route = ['route', 'change', 'table', 'local', 'local', GUEST_ADDRESS, 'dev', 'lo']
  const kernels = ['proto', 'kernel', 'scope', 'host']
  run([...space.within, 'ip', ...route, ...kernels, 'src', NODE_ADDRESS])
  const config = {
    ...kubeletConfiguration(identities, GUEST_NODE_NAME, GUEST_ADDRESS),
    // Emulated, everything takes longer than anybody expects.
    runtimeRequestTimeout: '10m',
    ...options.kubelet,
  }
  writeFileSync(join(files, 'kubelet.json'), JSON.stringify(config, null, 2))
  const kubelet = [
    kubernetesProgram('kubelet'),
    `--config=${join(files, 'kubelet.json')}`,
    `--kubeconfig=${memberConfig(space, identities, `system:node:${GUEST_NODE_NAME}`, 'system:nodes', NODE_ADDRESS)}`,
    `--hostname-override=${GUEST_NODE_NAME}`,
    `--node-ip=${GUEST_ADDRESS}`,
    '--v=2',
  ]
  writeFileSync(
    join(files, 'environment'),
    [
      `NODE_ADDRESS=${GUEST_ADDRESS}`,
      `CONTAINERD_CONFIG=${runtimeConfiguration(files, false)}`,
      `ARCHIVES='${archives.join(' ')}'`,
      `KUBELET='${kubelet.join(' ')}'`,
    ].join('\n'),
  )
  const kubeconfig = memberConfig(space, identities, 'node-admin', 'system:masters', NODE_ADDRESS)
  const kernel = await getKernel(options.kernel)
  const here = (folder: string): { host: string; guest: string } => ({
    host: folder,
    guest: folder,
  })
  const guest: Promise<GuestResult> = runGuest({
    kernel,
    command: `. ${files}/environment; . /repo/scripts/guest/kubernetes-node.sh`,
    output,
    shares: [
      here(space.folder),
      here(testbedFolder('images')),
      here(dirname(kubernetesProgram('kubelet'))),
      { host: REPO, guest: '/repo' },
      { host: join(kernel.folder, 'lib/modules'), guest: '/lib/modules' },
    ],
    memoryMib: options.memoryMib,
    ...(options.swapMib === undefined ? {} : { swapMib: options.swapMib }),
    network: {
      within: space.within,
      words: `net=10.85.253.0/24,hostfwd=tcp:${GUEST_ADDRESS}:${KUBELET_PORT}-:${KUBELET_PORT}`,
    },
    timeoutSeconds: options.seconds,
  })
  let ended: GuestResult | null = null
  void guest.then((result) => (ended = result))
  let asked = 0
  const ask = async (command: string, seconds = 120): Promise<string> => {
    const file = join(output, 'ask', String((asked += 1)))
    writeFileSync(`${file}.new`, command)
    renameSync(`${file}.new`, `${file}.sh`)
    await until(
      `the node answers: ${command}`,
      () => {
        if (ended !== null)
          throw new Error(`the guest has ended\n${ended.stderr}\n${ended.kernelLog.slice(-3000)}`)
        return existsSync(`${file}.done`)
      },
      seconds * 1000,
    )
    const code = readFileSync(`${file}.done`, 'utf8').trim()
    if (code === '0') return readFileSync(`${file}.out`, 'utf8')
    throw new Error(`${command}: exit ${code}\n${readFileSync(`${file}.err`, 'utf8')}`)
  }
  const log = join(output, 'kubelet.log')
  return {
    kubeconfig,
    ask,
    kubeletLog: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    stop: async () => {
      writeFileSync(join(output, 'ask', 'end'), '')
      await guest
    },
  }
}
