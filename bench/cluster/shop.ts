/** A cluster of Deployments as large as those of others: labels, annotations and environments are as long as they mostly are. */
import type { BareApiServer } from './api-server.ts'

const PODS_EACH = 20
const NAMESPACES = 10
const PODS_ON_NODE = 100
/** Calls at the same time. */
const AT_ONCE = 16
/** Each n-th pod was killed once. */
const KILLED = 50

export async function fill(server: BareApiServer, pods: number): Promise<void> {
  const put = async (path: string, object: object): Promise<void> => {
    const status = await server.send('POST', path, object)
    if (status !== 201) throw new Error(`POST ${path} was answered with ${status}`)
  }
  for (let at = 0; at < NAMESPACES; at++) await put('/api/v1/namespaces', named(`shop-${at}`))
  const nodes = Math.ceil(pods / PODS_ON_NODE)
  await each(nodes, async (at) => put('/api/v1/nodes', node(at)))
  const deployments = Math.ceil(pods / PODS_EACH)
  await each(deployments, async (at) => {
    const path = `/apis/apps/v1/namespaces/${namespaceOf(at)}/deployments`
    await put(path, deployment(at))
  })
  await each(pods, async (at) => {
    const path = `/api/v1/namespaces/${namespaceOf(Math.floor(at / PODS_EACH))}/pods`
    const one = pod(at, nodes)
    await put(path, one)
    const status = await server.send('PUT', `${path}/${one.metadata.name}/status`, one)
    if (status !== 200) throw new Error(`the status of a pod was answered with ${status}`)
  })
}

async function each(count: number, work: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

function namespaceOf(deployment: number): string {
  return `shop-${deployment % NAMESPACES}`
}

function named(name: string): object {
  return { metadata: { name } }
}

function node(at: number): object {
  const memory = { memory: '65536000Ki', cpu: '32', pods: '250' }
  return {
    metadata: { name: `worker-${at}` },
    status: {
      capacity: memory,
      allocatable: { ...memory, memory: '60000000Ki' },
      conditions: [{ type: 'MemoryPressure', status: 'False', reason: 'Fine', message: 'fine' }],
    },
  }
}

function deployment(at: number): object {
  const labels = labelsOf(at)
  return {
    metadata: { name: `service-${at}`, labels, annotations: { described: words(400) } },
    spec: {
      replicas: PODS_EACH,
      selector: { matchLabels: { app: `service-${at}` } },
      template: { metadata: { labels }, spec: podSpec(at) },
    },
  }
}

function pod(at: number, nodes: number) {
  const deployment = Math.floor(at / PODS_EACH)
  const hash = `7c9f${deployment}`
  const ready = { startedAt: '2026-11-22T10:00:05Z' }
  const end = {
    reason: 'OOMKilled',
    exitCode: 137,
    startedAt: '2026-11-22T09:00:00Z',
    finishedAt: '2026-11-22T10:00:00Z',
  }
  const wasKilled = at % KILLED === 0
  return {
    metadata: {
      name: `service-${deployment}-${hash}-${at}`,
      labels: { ...labelsOf(deployment), 'pod-template-hash': hash },
      annotations: { checksum: words(64), described: words(400) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `service-${deployment}-${hash}`,
          uid: '1b0e0f5e-0000-4000-8000-000000000000',
          controller: true,
        },
      ],
    },
    spec: { ...podSpec(deployment), nodeName: `worker-${at % nodes}` },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      containerStatuses: ['web', 'proxy'].map((name) => ({
        name,
        ready: true,
        image: `registry.example.com/team/${name}:1.2.3`,
        imageID: `registry.example.com/team/${name}@sha256:${'a'.repeat(64)}`,
        containerID: `containerd://${'b'.repeat(64)}`,
        restartCount: wasKilled ? 3 : 0,
        state: { running: ready },
        lastState: wasKilled && name === 'web' ? { terminated: end } : {},
      })),
    },
  }
}

function podSpec(at: number): object {
  const env = Array.from({ length: 6 }, (_, index) => ({
    name: `SETTING_${index}`,
    value: words(40),
  }))
  const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 10 }
  return {
    containers: ['web', 'proxy'].map((name) => ({
      name,
      image: `registry.example.com/team/${name}:1.2.3`,
      command: [`/usr/bin/${name}`, '--config', `/etc/${name}/config.yaml`],
      env,
      livenessProbe: probe,
      readinessProbe: probe,
      resources: {
        requests: { cpu: '100m', memory: '128Mi' },
        // Each tenth has no limit.
        limits: at % 10 === 0 ? {} : { memory: '256Mi' },
      },
      volumeMounts: [{ name: 'config', mountPath: `/etc/${name}` }],
    })),
    volumes: [{ name: 'config', configMap: { name: `service-${at}` } }],
  }
}

function labelsOf(deployment: number): Record<string, string> {
  return {
    app: `service-${deployment}`,
    'app.kubernetes.io/name': `service-${deployment}`,
    'app.kubernetes.io/part-of': 'shop',
    'app.kubernetes.io/version': '1.2.3',
  }
}

function words(length: number): string {
  return 'lorem ipsum dolor sit amet '.repeat(Math.ceil(length / 27)).slice(0, length)
}
