import type { Seed } from './seed.ts'

/** Mistakes of size, of presence and of proportion, as people make them in manifests. */
export const KUBERNETES_MISTAKES: readonly Seed[] = [
  seed('K01', 'spring', 'm for MiB in a limit', ['memory: 2Gi', 'memory: 2048m']),
  seed('K01', 'reports', 'm for MiB in a request', ['memory: 3Gi', 'memory: 3000m']),
  seed('K01', 'postgres', 'm for MiB in a volume', ['sizeLimit: 512Mi', 'sizeLimit: 512m']),
  seed('K01', 'tenant', 'm for MiB in a LimitRange', ['memory: 512Mi', 'memory: 512m']),
  seed('K01', 'tenant', 'm for MiB in a quota', ['limits.memory: 64Gi', 'limits.memory: 65536m']),
  seed('K01', 'scaled', 'm for MiB in an autoscaler', ['memory: 3Gi', 'memory: 3072m']),
  seed('K02', 'web', 'the unit forgotten', ['limits: {memory: 1Gi}', 'limits: {memory: 1024}']),
  seed('K02', 'python', 'the unit forgotten in a quoted size', ['memory: 1Gi', 'memory: "1024"']),
  seed('K02', 'accounts', 'K for M', ['memory: 768Mi', 'memory: 768Ki']),
  seed('K03', 'web', 'GB', ['limits: {memory: 1Gi}', 'limits: {memory: 1GB}']),
  seed('K03', 'gateway', 'MB', ['memory: 384Mi', 'memory: 384MB']),
  seed(
    'K03',
    'redis',
    "Docker's g",
    ['limits:\n              memory: 2Gi', 'limits:\n              memory: 2g'],
    {
      at: 'memory: 2g',
    },
  ),
  seed('K03', 'render', 'MiB in a volume', ['sizeLimit: 1Gi', 'sizeLimit: 1024MiB']),
  seed('K04', 'billing', 'M beside Mi', ['memory: 2048Mi', 'memory: 2000M']),
  seed('K04', 'accounts', 'Mi beside M', ['memory: 512Mi', 'memory: 512M']),
  seed(
    'K05',
    'spring',
    'the limit left out',
    ['            limits:\n              memory: 2Gi\n', ''],
    {
      isMissing: true,
      at: '- name: orders\n          image',
    },
  ),
  seed('K05', 'gateway', 'only the CPU limited', ['memory: 512Mi', 'cpu: 500m'], {
    isMissing: true,
    at: '- name: gateway\n          image',
  }),
  seed(
    'K05',
    'reports',
    'an init container without a limit',
    ['                limits:\n                  memory: 256Mi\n', ''],
    {
      isMissing: true,
      at: '- name: fetch',
    },
  ),
  seed(
    'K05',
    'documents',
    'the limit in the wrong place',
    [
      '            limits:\n              memory: 4Gi',
      '          limits:\n            memory: 4Gi',
    ],
    {
      isMissing: true,
      at: '- name: mongod',
    },
  ),
  seed('K06', 'python', 'the request left out', ['              memory: 768Mi\n', ''], {
    isMissing: true,
    at: '- name: catalog\n          image',
  }),
  seed(
    'K07',
    'web',
    'no resources at all',
    [
      '          resources:\n            requests: {cpu: 200m, memory: 640Mi}\n            limits: {memory: 1Gi}\n',
      '',
    ],
    {
      isMissing: true,
      at: '- name: web\n          image',
    },
  ),
  seed(
    'K07',
    'gateway',
    'no resources in the second container',
    [
      '          resources:\n            requests:\n              cpu: 10m\n              memory: 32Mi\n            limits:\n              memory: 64Mi\n',
      '',
    ],
    {
      isMissing: true,
      at: '- name: reloader',
    },
  ),
  seed(
    'K07',
    'reports',
    'no resources in a CronJob',
    [
      '              resources:\n                requests:\n                  cpu: "1"\n                  memory: 3Gi\n                limits:\n                  memory: 4Gi\n',
      '',
    ],
    {
      isMissing: true,
      at: '- name: report\n',
    },
  ),
  seed('K08', 'python', 'the request above the limit', ['memory: 768Mi', 'memory: 1536Mi']),
  seed(
    'K08',
    'redis',
    'Gi and G mixed up, request above the limit',
    [
      '              memory: 2Gi\n            limits:\n              memory: 2Gi',
      '              memory: 2Gi\n            limits:\n              memory: 2G',
    ],
    {
      at: 'memory: 2Gi',
    },
  ),
  seed(
    'K09',
    'gateway',
    'a limit eight times the request',
    ['memory: 384Mi', 'memory: 64Mi\n            # measured at night'],
    {
      at: 'memory: 64Mi\n            #',
    },
  ),
  seed('K09', 'render', 'a limit six times the request', ['memory: 2Gi', 'memory: 512Mi']),
  seed(
    'K11',
    'postgres',
    'a volume in memory without a size',
    ['            sizeLimit: 512Mi\n', ''],
    {
      at: 'medium: Memory',
    },
  ),
  seed('K11', 'spring', 'a scratch folder moved into memory', [
    'sizeLimit: 200Mi',
    'medium: Memory',
  ]),
  seed('K12', 'render', 'a volume in memory as large as the limit', [
    'sizeLimit: 1Gi',
    'sizeLimit: 3Gi',
  ]),
  seed('K12', 'postgres', 'a volume in memory beside shared_buffers', [
    'sizeLimit: 512Mi',
    'sizeLimit: 3Gi',
  ]),
  seed(
    'K15',
    'python',
    'an init container that requests more than the pod',
    [
      '              memory: 256Mi\n            limits:\n              memory: 384Mi',
      '              memory: 4Gi\n            limits:\n              memory: 4Gi',
    ],
    {
      at: 'memory: 4Gi\n            limits',
    },
  ),
  seed(
    'K16',
    'postgres',
    'Guaranteed meant, Burstable written',
    [
      '              cpu: "1"\n              memory: 4Gi\n            limits:\n              cpu: "1"\n              memory: 4Gi',
      '              memory: 4Gi\n            limits:\n              memory: 4Gi',
    ],
    {
      isMissing: true,
      at: 'memory: 4Gi\n          readiness',
    },
  ),
  seed(
    'K17',
    'render',
    'a sidecar without a limit',
    ['            limits:\n              memory: 128Mi\n', ''],
    {
      isMissing: true,
      at: '- name: agent',
    },
  ),
  seed(
    'K18',
    'gateway',
    'GOMEMLIMIT from the whole limit',
    [
      'value: 460MiB',
      'valueFrom:\n                resourceFieldRef:\n                  resource: limits.memory',
    ],
    {
      at: 'resource: limits.memory',
    },
  ),
  seed(
    'K19',
    'gateway',
    'GOMEMLIMIT from a limit that is not there',
    [
      'value: 460MiB',
      'valueFrom:\n                resourceFieldRef:\n                  resource: limits.memory',
    ],
    {
      at: 'resource: limits.memory',
      more: [['            limits:\n              memory: 512Mi\n', '']],
    },
  ),
  seed('K20', 'spring', 'a JVM scaled by memory', ['name: cpu', 'name: memory']),
  seed('K21', 'scaled', 'two autoscalers on memory', ['name: cpu', 'name: memory']),
  seed(
    'K23',
    'scaled',
    'requests raised above a limit that stays',
    ['RequestsAndLimits', 'RequestsOnly'],
    {
      at: 'memory: 1Gi',
      more: [['memory: 256Mi', 'memory: 1Gi']],
    },
  ),
  seed(
    'K24',
    'spring',
    'a JVM resized without a restart',
    [
      '          resources:\n            requests:\n              cpu: 500m',
      '          resizePolicy:\n            - resourceName: memory\n              restartPolicy: NotRequired\n          resources:\n            requests:\n              cpu: 500m',
    ],
    {
      at: 'restartPolicy: NotRequired',
    },
  ),
  seed(
    'K26',
    'gateway',
    'a probe that starts Node.js in 64 MiB',
    [
      'args: ["--watch=/etc/gateway"]\n',
      'args: ["--watch=/etc/gateway"]\n          livenessProbe:\n            exec:\n              command: ["node", "/probe.js"]\n',
    ],
    { at: '"/probe.js"' },
  ),
  seed(
    'K27',
    'postgres',
    '/dev/shm left at 64 MiB',
    ['            - name: dshm\n              mountPath: /dev/shm\n', ''],
    {
      isMissing: true,
      at: '- name: postgres\n          image',
      more: [
        [
          '        - name: dshm\n          emptyDir:\n            medium: Memory\n            sizeLimit: 512Mi',
          '        - name: unused\n          emptyDir: {}',
        ],
      ],
    },
  ),
  seed(
    'K27',
    'render',
    'Chrome with 64 MiB of /dev/shm',
    ['            - name: dshm\n              mountPath: /dev/shm\n', ''],
    {
      isMissing: true,
      at: '- name: chrome',
      more: [
        [
          '        - name: dshm\n          emptyDir:\n            medium: Memory\n            sizeLimit: 1Gi\n',
          '',
        ],
      ],
    },
  ),
  seed('K29', 'reports', 'a job tried again with the same memory', [
    'backoffLimit: 0',
    'backoffLimit: 6',
  ]),
  seed('K30', 'kubelet', 'a signal of eviction forgotten', ['  imagefs.available: 15%\n', ''], {
    isMissing: true,
    at: 'evictionHard:',
  }),
  seed(
    'K35',
    'pool',
    'one limit for a pod of two JVMs',
    ['spec:\n  containers:', 'spec:\n  resources:\n    limits:\n      memory: 2Gi\n  containers:'],
    {
      at: 'memory: 2Gi',
      more: [
        [
          '"-Xmx512m", "-jar", "/app/api.jar"]\n      resources:\n        requests:\n          cpu: 200m\n          memory: 896Mi\n        limits:\n          memory: 1Gi',
          '"-XX:MaxRAMPercentage=60", "-jar", "/app/api.jar"]\n      resources:\n        requests:\n          cpu: 200m\n          memory: 896Mi',
        ],
        [
          '"-Xmx512m", "-jar", "/app/indexer.jar"]\n      resources:\n        requests:\n          cpu: 200m\n          memory: 896Mi\n        limits:\n          memory: 1Gi',
          '"-XX:MaxRAMPercentage=60", "-jar", "/app/indexer.jar"]\n      resources:\n        requests:\n          cpu: 200m\n          memory: 896Mi',
        ],
      ],
    },
  ),
]

interface Where {
  at?: string
  isMissing?: true
  more?: Seed['changes']
}

function seed(
  rule: string,
  base: string,
  says: string,
  change: Seed['changes'][number],
  { at, more = [], ...rest }: Where = {},
): Seed {
  return {
    rule,
    base: `kubernetes/${base}.yaml`,
    says,
    changes: [change, ...more],
    at: at ?? change[1],
    ...rest,
  }
}
