/**
 * Manifests as charts render them, of many kinds and sizes, the same in every run: what a folder of a cluster's repository holds.
 */
export interface GeneratedManifest {
  path: string
  text: string
}

/** As many manifests, each a file of its own, in folders of 40. Most have limits; one container in eight has none. */
export function* manifests(count: number): Generator<GeneratedManifest> {
  const random = randomOf(20_26)
  for (let index = 0; index < count; index++) {
    const share = random.below(100)
    const kind = KINDS.find(({ upTo }) => share < upTo) ?? KINDS[0]
    if (kind === undefined) return
    const name = `${pick(random, NAMES)}-${index}`
    const text = kind.write({ name, random })
    yield { path: `team-${Math.floor(index / 40)}/${name}.yaml`, text }
  }
}

interface Random {
  /** A whole number from 0, smaller than this. */
  below(limit: number): number
}

/** A small generator of its own, so that every run writes the same files (Numerical Recipes). */
function randomOf(seed: number): Random {
  let state = seed
  return {
    below(limit) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * limit)
    },
  }
}

function pick(random: Random, from: readonly string[]): string {
  return from[random.below(from.length)] ?? ''
}

const NAMES =
  'api billing cart catalog checkout email feed gateway images ingest inventory invoices ledger login mailer metrics orders payments pricing profile queue reports search session shipping users'.split(
    ' ',
  )
const WORDS =
  'ADDRESS CACHE CONNECTIONS DATABASE DEBUG ENDPOINT FEATURE HOST INTERVAL LEVEL LOG NAME PATH PORT QUEUE REGION RETRIES SCHEMA SERVICE SIZE TIMEOUT TOPIC TRACE URL USER WORKERS ZONE'.split(
    ' ',
  )
const SIZES = ['64Mi', '96Mi', '128Mi', '192Mi', '256Mi', '384Mi', '512Mi', '768Mi', '1Gi', '2Gi']

interface Asked {
  name: string
  random: Random
}

/** How many of a hundred are of a kind or of one before it. */
const KINDS: readonly { upTo: number; write(asked: Asked): string }[] = [
  { upTo: 38, write: (asked) => controller('Deployment', asked) },
  { upTo: 46, write: (asked) => controller('StatefulSet', asked) },
  { upTo: 51, write: (asked) => controller('DaemonSet', asked) },
  { upTo: 57, write: cronJob },
  { upTo: 72, write: service },
  { upTo: 84, write: configMap },
  { upTo: 90, write: ingress },
  { upTo: 95, write: autoscaler },
  { upTo: 100, write: role },
]

function metadata(name: string, indent = ''): string {
  return [
    'metadata:',
    `  name: ${name}`,
    '  namespace: shop',
    '  labels:',
    `    app.kubernetes.io/name: ${name}`,
    `    app.kubernetes.io/instance: release-1`,
    '    app.kubernetes.io/version: "1.42.7"',
    '    app.kubernetes.io/managed-by: Helm',
    '    helm.sh/chart: service-4.7.1',
  ]
    .map((line) => `${indent}${line}\n`)
    .join('')
}

function controller(kind: string, { name, random }: Asked): string {
  const replicas = kind === 'DaemonSet' ? '' : `  replicas: ${2 + random.below(4)}\n`
  const service_ = kind === 'StatefulSet' ? `  serviceName: ${name}\n` : ''
  return (
    `# Source: service/templates/${kind.toLowerCase()}.yaml\napiVersion: apps/v1\nkind: ${kind}\n` +
    `${metadata(name)}spec:\n${replicas}${service_}` +
    `  selector:\n    matchLabels:\n      app.kubernetes.io/name: ${name}\n` +
    `  template:\n${metadata(name, '    ')}${podSpec(name, random, '    ', 'Always')}`
  )
}

function cronJob({ name, random }: Asked): string {
  return (
    `apiVersion: batch/v1\nkind: CronJob\n${metadata(name)}spec:\n  schedule: "${random.below(60)} 3 * * *"\n` +
    `  concurrencyPolicy: Forbid\n  jobTemplate:\n    spec:\n      backoffLimit: 0\n      template:\n` +
    `${metadata(name, '        ')}${podSpec(name, random, '        ', 'Never')}`
  )
}

function podSpec(name: string, random: Random, indent: string, restart: string): string {
  const containers = Array.from({ length: 1 + Math.floor(random.below(5) / 2) }, (_, at) =>
    container(at === 0 ? name : `${name}-${pick(random, NAMES)}-${at}`, random),
  )
  const lines = [
    'spec:',
    `  serviceAccountName: ${name}`,
    '  securityContext:',
    '    runAsNonRoot: true',
    '    runAsUser: 10001',
    '    fsGroup: 10001',
    `  restartPolicy: ${restart}`,
    '  affinity:',
    '    podAntiAffinity:',
    '      preferredDuringSchedulingIgnoredDuringExecution:',
    '        - weight: 100',
    '          podAffinityTerm:',
    '            topologyKey: kubernetes.io/hostname',
    '            labelSelector:',
    '              matchLabels:',
    `                app.kubernetes.io/name: ${name}`,
    '  containers:',
    ...containers.flat().map((line) => `    ${line}`),
    '  volumes:',
    '    - name: config',
    '      configMap:',
    `        name: ${name}`,
    '    - name: tmp',
    '      emptyDir: {}',
  ]
  return lines.map((line) => `${indent}${line}\n`).join('')
}

function container(name: string, random: Random): string[] {
  const variables = Array.from({ length: 2 + random.below(14) }, (_, at) => [
    `    - name: ${pick(random, WORDS)}_${pick(random, WORDS)}_${at}`,
    ...(random.below(4) === 0
      ? [
          '      valueFrom:',
          '        secretKeyRef:',
          `          name: ${name}`,
          `          key: key-${at}`,
        ]
      : [
          `      value: "${pick(random, NAMES)}.shop.svc.cluster.local:${8000 + random.below(999)}"`,
        ]),
  ])
  const size = pick(random, SIZES)
  const port = 8000 + random.below(999)
  return [
    `- name: ${name}`,
    `  image: registry.example.com/shop/${name}:1.${random.below(60)}.${random.below(20)}`,
    '  imagePullPolicy: IfNotPresent',
    '  args:',
    '    - serve',
    `    - --listen=0.0.0.0:${port}`,
    '    - --log-format=json',
    '  ports:',
    '    - name: http',
    `      containerPort: ${port}`,
    '      protocol: TCP',
    '  env:',
    ...variables.flat(),
    '  securityContext:',
    '    allowPrivilegeEscalation: false',
    '    readOnlyRootFilesystem: true',
    '    capabilities:',
    '      drop: ["ALL"]',
    ...['livenessProbe', 'readinessProbe'].flatMap((probe) => [
      `  ${probe}:`,
      '    httpGet:',
      '      path: /healthz',
      '      port: http',
      '    initialDelaySeconds: 5',
      '    periodSeconds: 10',
    ]),
    ...(random.below(8) === 0
      ? []
      : [
          '  resources:',
          '    requests:',
          `      cpu: ${50 + random.below(20) * 25}m`,
          `      memory: ${size}`,
          '    limits:',
          `      memory: ${size}`,
        ]),
    '  volumeMounts:',
    '    - name: config',
    '      mountPath: /etc/service',
    '      readOnly: true',
    '    - name: tmp',
    '      mountPath: /tmp',
  ]
}

function service({ name, random }: Asked): string {
  return (
    `apiVersion: v1\nkind: Service\n${metadata(name)}spec:\n  type: ClusterIP\n  ports:\n    - name: http\n` +
    `      port: 80\n      targetPort: ${8000 + random.below(999)}\n      protocol: TCP\n` +
    `  selector:\n    app.kubernetes.io/name: ${name}\n`
  )
}

function configMap({ name, random }: Asked): string {
  const entries = Array.from(
    { length: 5 + random.below(60) },
    () => `    ${pick(random, WORDS).toLowerCase()}.${pick(random, NAMES)} = ${random.below(9999)}`,
  )
  return `apiVersion: v1\nkind: ConfigMap\n${metadata(name)}data:\n  service.properties: |\n${entries.join('\n')}\n`
}

function ingress({ name, random }: Asked): string {
  const paths = Array.from({ length: 1 + random.below(6) }, (_, at) => [
    `          - path: /${pick(random, NAMES)}/${at}`,
    '            pathType: Prefix',
    '            backend:',
    '              service:',
    `                name: ${pick(random, NAMES)}`,
    '                port:',
    '                  name: http',
  ])
  return (
    `apiVersion: networking.k8s.io/v1\nkind: Ingress\n${metadata(name)}spec:\n  ingressClassName: nginx\n  rules:\n` +
    `    - host: ${name}.example.com\n      http:\n        paths:\n${paths.flat().join('\n')}\n`
  )
}

function autoscaler({ name, random }: Asked): string {
  return (
    `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n${metadata(name)}spec:\n  scaleTargetRef:\n` +
    `    apiVersion: apps/v1\n    kind: Deployment\n    name: ${name}\n  minReplicas: 2\n  maxReplicas: ${3 + random.below(20)}\n` +
    `  metrics:\n    - type: Resource\n      resource:\n        name: cpu\n        target:\n          type: Utilization\n` +
    `          averageUtilization: 70\n`
  )
}

function role({ name, random }: Asked): string {
  const rules = Array.from({ length: 1 + random.below(8) }, () => [
    '  - apiGroups: [""]',
    `    resources: ["${pick(random, ['pods', 'services', 'secrets', 'configmaps', 'endpoints'])}"]`,
    '    verbs: ["get", "list", "watch"]',
  ])
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n${metadata(name)}rules:\n${rules.flat().join('\n')}\n`
}
