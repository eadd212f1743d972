/** Objects of a shop on two nodes, as an API server holds them; made by hand from the API's types. */

export const OBJECTS = {
  '/api/v1/nodes': [node('worker-1', 'True'), node('worker-2', 'False')],
  '/api/v1/namespaces': [{ metadata: { name: 'shop' } }],
  '/api/v1/limitranges': [],
  '/api/v1/resourcequotas': [],
  '/apis/apps/v1/deployments': [
    {
      metadata: {
        name: 'web',
        namespace: 'shop',
        annotations: { note: 'kept-nowhere' },
        managedFields: [{ manager: 'kubectl' }],
      },
      spec: {
        replicas: 2,
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              {
                name: 'web',
                image: 'registry.example.com/web:1',
                env: [{ name: 'DB_PASSWORD', value: 'hunter2-secret' }],
                resources: {
                  requests: { cpu: '100m', memory: '256Mi' },
                  limits: { memory: '256Mi' },
                },
              },
            ],
          },
        },
      },
    },
  ],
  '/apis/apps/v1/statefulsets': [],
  '/apis/apps/v1/daemonsets': [],
  '/apis/batch/v1/cronjobs': [],
  '/apis/batch/v1/jobs': [],
  '/apis/autoscaling/v2/horizontalpodautoscalers': [],
  '/api/v1/pods': [
    ...['a', 'b'].map((end) =>
      pod(`web-5d8f-${end}`, {
        owner: { kind: 'ReplicaSet', name: 'web-5d8f' },
        labels: { 'pod-template-hash': '5d8f' },
        memory: '256Mi',
        killed: end === 'a',
      }),
    ),
    pod('driver-1', { owner: { kind: 'SparkApplication', name: 'nightly' }, memory: null }),
    pod('driver-2', { owner: { kind: 'SparkApplication', name: 'nightly' }, memory: null }),
    pod('alone', { memory: '128Mi' }),
  ],
  '/apis/metrics.k8s.io/v1beta1/pods': [
    usage('web-5d8f-a', '200Mi'),
    usage('web-5d8f-b', '100Mi'),
    usage('driver-1', '900Mi'),
    usage('driver-2', '800Mi'),
    usage('alone', '20Mi'),
  ],
}

function node(name: string, pressure: 'True' | 'False'): object {
  return {
    metadata: { name },
    status: {
      capacity: { memory: '4Gi' },
      allocatable: { memory: '3584Mi' },
      conditions: [{ type: 'MemoryPressure', status: pressure }],
    },
  }
}

interface PodWords {
  owner?: { kind: string; name: string }
  labels?: object
  memory: string | null
  killed?: boolean
}

function pod(name: string, { owner, labels = {}, memory, killed = false }: PodWords): object {
  const resources =
    memory === null ? {} : { requests: { cpu: '100m', memory }, limits: { cpu: '100m', memory } }
  const end = { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-22T10:00:00Z' }
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-of-${name}`,
      labels,
      ...(owner === undefined ? {} : { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: {
      nodeName: 'worker-1',
      containers: [{ name: 'web', image: 'registry.example.com/web:1', resources }],
    },
    status: {
      phase: 'Running',
      qosClass: memory === null ? 'BestEffort' : 'Guaranteed',
      containerStatuses: [
        {
          name: 'web',
          restartCount: killed ? 3 : 0,
          state: { running: { startedAt: '2026-11-22T10:00:05Z' } },
          ...(killed ? { lastState: { terminated: end } } : {}),
        },
      ],
    },
  }
}

function usage(name: string, memory: string): object {
  return {
    metadata: { name, namespace: 'shop' },
    timestamp: '2026-11-22T11:00:00Z',
    window: '15s',
    containers: [{ name: 'web', usage: { cpu: '1m', memory } }],
  }
}
