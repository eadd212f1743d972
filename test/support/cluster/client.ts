/** How tests speak with the API server of a cluster of theirs. */
import { join } from 'node:path'
import { kubernetesProgram } from '../../../scripts/kubernetes/programs.ts'
import { run, tryRun, until } from '../testbed.ts'
import type { RunOptions } from '../testbed.ts'
import { API_PORT } from './control-plane.ts'
import { writeKubeconfig } from './identities.ts'
import type { Identities } from './identities.ts'
import type { NodeSpace } from './space.ts'

export interface ClusterClient {
  /** Path of a file that makes its reader an administrator. */
  kubeconfig: string
  kubectl(...args: string[]): string
  tryKubectl(...args: string[]): { status: number | null; stdout: string; stderr: string }
  apply(object: object): void
  /** What the API server holds, as JSON. */
  get(...args: string[]): unknown
  /** What it answers at a path: of itself or, below `/api/v1/nodes/NAME/proxy`, of the kubelet. */
  raw(path: string): string
}

/** An administrator of the cluster, as soon as its API server is ready. */
export async function openClient(space: NodeSpace, identities: Identities): Promise<ClusterClient> {
  const kubeconfig = writeKubeconfig(
    join(space.folder, 'kubeconfig'),
    `https://127.0.0.1:${await space.open(API_PORT)}`,
    identities.authority,
    identities.client('admin', 'system:masters'),
  )
  const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(space.folder, 'kubectl') }
  const argv = (args: readonly string[]): string[] => [kubernetesProgram('kubectl'), ...args]
  const kubectl = (args: readonly string[], more: RunOptions = {}): string =>
    run(argv(args), { env, ...more })
  const client: ClusterClient = {
    kubeconfig,
    kubectl: (...args) => kubectl(args),
    tryKubectl: (...args) => tryRun(argv(args), { env }),
    apply: (object) => void kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) }),
    get: (...args) => JSON.parse(kubectl(['get', ...args, '-o', 'json'])),
    raw: (path) => kubectl(['get', '--raw', path]),
  }
  const isReady = (): boolean => client.tryKubectl('get', '--raw', '/readyz').status === 0
  await until('the API server is ready', isReady, 60_000)
  return client
}

/** Pods can be made from then on. */
export async function untilReady(
  client: ClusterClient,
  node: string,
  seconds: number,
): Promise<void> {
  const works = (...args: string[]): boolean => client.tryKubectl(...args).status === 0
  // kubectl waits by itself: asked again and again, it would take the processor from what is to become ready.
  const made = ['wait', '--for=create', `node/${node}`, '--timeout=20s']
  await until('there is a node', () => works(...made), seconds * 1000)
  const ready = ['wait', '--for=condition=Ready=true', `node/${node}`, '--timeout=20s']
  await until('the node is ready', () => works(...ready), seconds * 1000)
  await until('pods have an account', () => works('get', 'serviceaccount', 'default'), 60_000)
}
