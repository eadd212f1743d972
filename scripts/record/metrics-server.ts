/**
 * Records what a real metrics-server tells of pods, and what their kubelet tells of the same: `sudo node
 * scripts/record/metrics-server.ts PROGRAM`. PROGRAM is a metrics-server 0.9, which takes Go 1.26:
 * `go install sigs.k8s.io/metrics-server/cmd/metrics-server@v0.9.0`. Needs what `scripts/kubernetes/build.ts` builds.
 * Writes fixtures/kubernetes/metrics-server-0.9/; takes a minute.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { podImage, startCluster } from '../../test/support/cluster.ts'
import type { TestCluster } from '../../test/support/cluster.ts'
import { API_PORT } from '../../test/support/cluster/control-plane.ts'
import { NODE_ADDRESS } from '../../test/support/cluster/space.ts'
import { until } from '../../test/support/testbed.ts'
import { listField } from '../../src/parsers/json-fields.ts'
import { REPO } from '../lib/repo.ts'

const FOLDER = join(REPO, 'fixtures/kubernetes/metrics-server-0.9')
const PORT = 4443
const METRICS = '/apis/metrics.k8s.io/v1beta1'
/** How often it asks kubelets; less it does not take. */
const RESOLUTION_SECONDS = 15

const [program] = process.argv.slice(2)
if (program === undefined) throw new Error('name the program of metrics-server')
mkdirSync(FOLDER, { recursive: true })
const cluster = await startCluster()
try {
  await record(program)
} finally {
  await cluster.stop()
}

async function record(path: string): Promise<void> {
  for (const object of [...pods(), ...api()]) cluster.apply(object)
  const server = startServer(cluster, path)
  try {
    const told = (): string => cluster.tryKubectl('get', '--raw', `${METRICS}/pods`).stdout
    const isTold = (): boolean =>
      told() !== '' && listField(JSON.parse(told()), 10, 'items').length === 2
    await until('metrics-server tells of both pods', isTold, 120_000)
    // What begins later than a round is in the next.
    await sleep(RESOLUTION_SECONDS * 1_000)
    keep('pod-metrics.json', `${METRICS}/pods`)
    keep('one-pod-metrics.json', `${METRICS}/namespaces/shop/pods/web`)
    const kubelet = `/api/v1/nodes/${cluster.nodeName}/proxy`
    keep('summary.json', `${kubelet}/stats/summary?only_cpu_and_memory=true`)
    keep('pods.json', '/api/v1/pods')
    keep('pod.json', '/api/v1/namespaces/shop/pods/web')
  } finally {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
}

/** Whose usage is known: 24 MiB and 8 MiB of one pod, 40 MiB of another, which has no limit. */
function pods(): object[] {
  const container = (name: string, anon: string, limit?: string): object => ({
    name,
    image: podImage(),
    imagePullPolicy: 'Never',
    args: ['hog', `anon=${anon}`, 'stay'],
    resources: limit === undefined ? {} : { limits: { memory: limit } },
  })
  const pod = (name: string, containers: readonly object[]): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec: { terminationGracePeriodSeconds: 1, containers },
  })
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
    pod('web', [container('app', '24M', '64Mi'), container('side', '8M', '32Mi')]),
    pod('batch', [container('app', '40M')]),
  ]
}

/** The API server sends what is asked of this API to the address of its endpoints. */
function api(): object[] {
  const metadata = { name: 'metrics-server', namespace: 'kube-system' }
  const port = { port: PORT, protocol: 'TCP' }
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ port: 443, targetPort: PORT, protocol: 'TCP' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata,
      subsets: [{ addresses: [{ ip: NODE_ADDRESS }], ports: [port] }],
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        service: metadata,
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ]
}

/** As a program of the node, and as an administrator: what it may do is no part of what is recorded. */
function startServer({ folder, kubeconfig, onNode }: TestCluster, path: string) {
  const own = join(folder, 'metrics-server.kubeconfig')
  const there = `https://127.0.0.1:${API_PORT}`
  writeFileSync(own, readFileSync(kubeconfig, 'utf8').replace(/https:\/\/127\.0\.0\.1:\d+/, there))
  const log = openSync(join(folder, 'metrics-server.log'), 'a')
  const [nsenter = '', ...within] = onNode
  const flags = [
    ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
      (name) => `--${name}=${own}`,
    ),
    ...['--kubelet-insecure-tls', '--kubelet-preferred-address-types=InternalIP'],
    ...[`--bind-address=${NODE_ADDRESS}`, `--secure-port=${PORT}`],
    `--metric-resolution=${RESOLUTION_SECONDS}s`,
    `--cert-dir=${join(folder, 'metrics-server')}`,
  ]
  return spawn(nsenter, [...within, path, ...flags], { stdio: ['ignore', log, log] })
}

function keep(file: string, path: string): void {
  const text = JSON.stringify(JSON.parse(cluster.raw(path)), null, 2)
  writeFileSync(join(FOLDER, file), `${text}\n`)
}
