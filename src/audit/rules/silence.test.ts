import { describe, expect, it } from 'vitest'
import { audit, UNKNOWN_HOST } from '../engine.ts'
import type { Example } from '../rule.ts'
import { inPod, inService, kubernetes, raw, resources } from './examples.ts'

/** Files that are right, although something in them looks like a mistake; many were met in public repositories. */
type Case = readonly [what: string, ...files: Example[]]

function findingsIn(files: readonly Example[]): string[] {
  const inputs = files.map((file) => ({ file, variables: new Map(), isNamed: true }))
  const { findings, problems } = audit(inputs, UNKNOWN_HOST)
  expect(problems.map(({ what }) => what)).toEqual([])
  return findings.map(({ rule, message }) => `${rule.id} ${message}`)
}

const SIZED = resources('512Mi')
const IMAGE = 'image: registry.example.com/web:1'

const DEFAULTS = (memory: string, namespace = 'default'): string =>
  `apiVersion: v1\nkind: LimitRange\nmetadata: {name: defaults, namespace: ${namespace}}\nspec: {limits: [{type: Container, default: {memory: ${memory}}, defaultRequest: {memory: 256Mi}}]}\n`

const IN_MEMORY = (namespace: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: ${namespace || 'default'}}\nspec:\n  containers:\n    - name: web\n      image: registry.example.com/web:1\n      volumeMounts: [{name: cache, mountPath: /cache}]\n  volumes:\n    - {name: cache, emptyDir: {medium: Memory, sizeLimit: 1Gi}}\n`

const SCALER =
  'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}\n  maxReplicas: 4\n  metrics:\n    - type: Resource\n      resource: {name: memory, target: {type: Utilization, averageUtilization: 70}}\n'

const JAVA = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: registry.example.com/web:1\n          command: [java, -Xmx300m, -jar, web.jar]\n          resources:\n            requests: {cpu: 100m, memory: 600Mi}\n            limits: {memory: 600Mi}\n`

const KUBELET = (...lines: string[]): Example =>
  kubernetes(
    [
      'apiVersion: kubelet.config.k8s.io/v1beta1',
      'kind: KubeletConfiguration',
      'reservedMemory:',
      '  - {numaNode: 0, limits: {memory: 1Gi}}',
      '  - {numaNode: 1, limits: {memory: 1Gi, hugepages-2Mi: 2Gi}}',
      ...lines,
    ].join('\n'),
  )

const KUBERNETES: readonly Case[] = [
  [
    'reserves of NUMA nodes that come to what is reserved, or where that is not known',
    KUBELET('memoryManagerPolicy: Static', 'kubeReserved: {memory: 1948Mi}'),
    KUBELET(
      'memoryManagerPolicy: Static',
      'kubeReserved: {memory: 1Gi}',
      'systemReserved: {memory: 524288Ki}',
      'evictionHard: {memory.available: 512Mi, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15%}',
    ),
    KUBELET(
      'memoryManagerPolicy: Static',
      'evictionHard: {memory.available: 5%, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15%}',
    ),
    KUBELET('memoryManagerPolicy: BestEffort'),
  ],
  [
    'a small volume in memory, a small request, and the least of a range',
    inPod(
      `${IMAGE}\n${resources('64Mi')}\nvolumeMounts:\n  - {name: tmp, mountPath: /tmp}`,
      'volumes:\n  - name: tmp\n    emptyDir: {medium: Memory, sizeLimit: 1Mi}',
    ),
    kubernetes(
      'apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec:\n  limits:\n    - type: Container\n      min: {memory: 1Mi}\n      max: {memory: 8Gi}',
    ),
  ],
  [
    'quoted numbers, exponents and large units, as Helm writes them',
    inPod(
      `${IMAGE}\nresources:\n  requests: {cpu: "0.1", memory: "536870912"}\n  limits: {memory: 1e9}`,
    ),
    inPod(
      `${IMAGE}\nresources:\n  requests: {cpu: "1", memory: '1Ti'}\n  limits: {memory: "1099511627776"}`,
    ),
  ],
  [
    'a limit of 0, which is none, beside a heap',
    inPod(
      `${IMAGE}\ncommand: [java, -Xmx1g, -jar, a.jar]\nresources:\n  # stella-ignore K05: a node of its own\n  requests: {cpu: 100m, memory: 2Gi}\n  limits: {memory: 0}`,
    ),
  ],
  [
    'Windows line ends, comments behind values, anchors and merge keys',
    {
      path: 'a.yaml',
      text: inPod(`${IMAGE} # web\n${SIZED}`).text.replaceAll('\n', '\r\n'),
    },
    kubernetes(`
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      x-resources: &resources
        requests: {cpu: 100m, memory: &size 512Mi} # as below
        limits: {memory: *size}
      spec:
        template:
          spec:
            containers:
              - name: web
                image: registry.example.com/web:1
                resources: {<<: *resources}
              - &sidecar
                name: proxy
                image: registry.example.com/proxy:1
                resources: *resources
              - <<: *sidecar
                name: second`),
  ],
  [
    'the limit as a variable of another name than a heap',
    inPod(
      `${IMAGE}\n${SIZED}\nenv:\n  - name: MY_MEM_LIMIT\n    valueFrom: {resourceFieldRef: {containerName: web, resource: limits.memory}}\n  - name: CONTAINER_MAX_MEMORY\n    valueFrom: {resourceFieldRef: {resource: limits.memory}}`,
    ),
  ],
  [
    'what only waits for a database in its image',
    inPod(
      `${IMAGE}\n${SIZED}`,
      `initContainers:\n  - name: wait\n    image: postgres:17\n    command: [sh, -c, "until pg_isready -h db; do sleep 1; done"]\n    ${resources('64Mi').replaceAll('\n', '\n    ')}`,
    ),
    inPod(`image: postgres:17\ncommand: [pg_dump, -h, db, shop]\n${SIZED}`),
  ],
  [
    'the memory of its host for /dev/shm',
    inPod(`image: pytorch/pytorch:2\n${SIZED}`, 'hostIPC: true'),
  ],
  [
    'attempts of a job that has no limit of its own, but requests',
    kubernetes(`
      # stella-ignore-file K05: bounded by the node pool
      apiVersion: batch/v1
      kind: Job
      metadata: {name: import}
      spec:
        backoffLimit: 4
        template:
          spec:
            restartPolicy: Never
            containers:
              - name: import
                image: registry.example.com/import:1
                resources: {requests: {cpu: 100m, memory: 256Mi}}`),
  ],
  [
    'a CPU that the namespace gives, or the pod',
    kubernetes(`
      apiVersion: v1
      kind: LimitRange
      metadata: {name: defaults, namespace: shop}
      spec:
        limits:
          - type: Container
            default: {cpu: 500m}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop}
      spec:
        containers:
          - name: web
            image: registry.example.com/web:1
            resources:
              requests: {memory: 256Mi}
              limits: {memory: 256Mi}`),
    kubernetes(`
      apiVersion: v1
      kind: Pod
      metadata: {name: web}
      spec:
        resources:
          requests: {cpu: "1", memory: 256Mi}
          limits: {cpu: "1", memory: 256Mi}
        containers:
          - name: web
            image: registry.example.com/web:1
            resources:
              requests: {memory: 256Mi}
              limits: {memory: 256Mi}`),
  ],
  [
    'a native sidecar with a limit, and an init container that asks for less',
    inPod(
      `${IMAGE}\n${SIZED}`,
      `initContainers:\n  - name: proxy\n    image: registry.example.com/proxy:1\n    restartPolicy: Always\n    ${resources('64Mi').replaceAll('\n', '\n    ')}\n  - name: migrate\n    image: registry.example.com/web:1\n    ${resources('128Mi').replaceAll('\n', '\n    ')}`,
    ),
  ],
  [
    'defaults of the very namespace',
    kubernetes(`
      apiVersion: v1
      kind: LimitRange
      metadata: {name: defaults, namespace: shop}
      spec:
        limits:
          - type: Container
            default: {memory: 512Mi}
            defaultRequest: {memory: 256Mi}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: web, namespace: shop}
      spec:
        containers:
          - name: web
            image: registry.example.com/web:1`),
  ],
  [
    'a default of a namespace that may be another one, and of two that differ, beside a larger volume',
    { path: 'examples/limits/range.yaml', text: DEFAULTS('512Mi') },
    { path: 'shop/web.yaml', text: IN_MEMORY('') },
    { path: 'ranges/one.yaml', text: DEFAULTS('512Mi', 'shop') },
    { path: 'ranges/two.yaml', text: DEFAULTS('2Gi', 'shop') },
    { path: 'shop/named.yaml', text: IN_MEMORY('shop') },
  ],
  [
    'an autoscaler, and programs of the name of its target in other folders',
    { path: 'scaled/hpa.yaml', text: SCALER },
    { path: 'java/web.yaml', text: JAVA },
    { path: 'old/web.yaml', text: JAVA.replace('300m', '310m') },
  ],
  [
    'programs that are scaled by memory, and give back what they do not need',
    ...[
      'command: [java, -XX:+UseZGC, -Xmx300m, -jar, web.jar]',
      'command: [java, -XX:G1PeriodicGCInterval=60000, -Xmx300m, -jar, web.jar]',
      'command: [node, server.js]',
      'env: [{name: GOMEMLIMIT, value: 500MiB}]',
    ].map((program) =>
      kubernetes(
        `${SCALER}---\n${JAVA.replace('command: [java, -Xmx300m, -jar, web.jar]', program)}`,
      ),
    ),
  ],
  [
    'two autoscalers of two programs of one name',
    { path: 'one/hpa.yaml', text: SCALER },
    {
      path: 'other/vpa.yaml',
      text: 'apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nmetadata: {name: web}\nspec: {targetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n',
    },
  ],
  [
    'a namespace of one folder, and its namesake in another one, where the range stands beside',
    kubernetes('apiVersion: v1\nkind: Namespace\nmetadata: {name: default}'),
    {
      path: 'elsewhere/pod.yaml',
      text: `# stella-ignore-file K07: an example\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n    - {name: web, image: registry.example.com/web:1}\n`,
    },
  ],
  [
    'a list in brackets that is closed below its key',
    raw(
      'a.yaml',
      inPod(`${IMAGE}\n${SIZED}`).text.replace(
        '      resources:',
        '      command: ["/bin/server",\n      "--port=80"\n      ]\n      resources:',
      ),
    ),
  ],
  [
    'a value that the kubelet puts together, and one of a secret',
    inPod(
      `${IMAGE}\ncommand: [java, $(OPTS), -jar, app.jar]\n${SIZED}\nenv:\n  - name: HEAP\n    value: 1g\n  - name: OPTS\n    value: -Xmx$(HEAP)\n  - name: GOMEMLIMIT\n    valueFrom: {secretKeyRef: {name: a, key: b}}`,
    ),
  ],
  [
    'an argument list of one script, in several lines',
    inPod(
      `image: eclipse-temurin:21-jre\ncommand: [/bin/sh, -ec]\nargs:\n  - |\n    # starts the server\n    exec java \\\n      -Xmx300m \\\n      -jar app.jar\n${SIZED}`,
    ),
  ],
  [
    'a patch that holds a part only',
    kubernetes(
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: [{name: web, env: [{name: A, value: b}]}]}}}',
    ),
  ],
]

const COMPOSE: readonly Case[] = [
  [
    'a check that opens a connection',
    inService(
      `${IMAGE}\nmem_limit: 1g\nhealthcheck:\n  test: ["CMD-SHELL", "bash -c 'echo > /dev/tcp/localhost/8080'"]`,
    ),
    inService(
      `${IMAGE}\nmem_limit: 1g\nhealthcheck:\n  test: ["CMD", "bash", "-c", "echo > /dev/tcp/localhost/80"]`,
    ),
    inService(
      `${IMAGE}\nmem_limit: 1g\nhealthcheck:\n  test: ["CMD-SHELL", "echo ruok | nc localhost 2181 | grep imok || exit 1"]`,
    ),
  ],
  [
    'limits in the form of Swarm, in an extension and in a profile',
    raw(
      'compose.yaml',
      'x-base: &base\n  deploy: &deploy\n    resources:\n      limits: {cpus: "0.5", memory: 512M}\n      reservations: {memory: 256M}\nservices:\n  web:\n    <<: *base\n    image: a\n  worker:\n    image: b\n    profiles: [extra]\n    deploy:\n      <<: *deploy\n      replicas: 2\n',
    ),
  ],
  [
    'a service that extends another of the file, and one of another file',
    raw(
      'compose.yaml',
      'services:\n  base:\n    image: a\n    mem_limit: 512m\n  web:\n    extends: {service: base}\n    image: b\n  other:\n    extends: {file: common.yaml, service: base}\n    image: c\n',
    ),
  ],
  [
    'a reservation whose limit stands in the file for production',
    raw('compose.yaml', 'services:\n  web:\n    image: a\n    mem_reservation: 256m\n'),
    raw('compose.prod.yaml', 'services:\n  web:\n    mem_limit: 512m\n'),
  ],
  [
    'sizes that only the shell knows',
    inService(
      `${IMAGE}\nmem_limit: \${MEMORY}\nmemswap_limit: "\${SWAP:?set it}"\nenvironment:\n  JAVA_TOOL_OPTIONS: -Xmx\${HEAP}\n  NODE_OPTIONS: --max-old-space-size=\${OLD}`,
    ),
  ],
  [
    'two spellings of one size',
    inService(
      `${IMAGE}\nmem_limit: 1G\nmemswap_limit: 1024m\ndeploy:\n  resources:\n    limits: {memory: 1024M}`,
    ),
  ],
  [
    'a client in the image of a database',
    inService('image: postgres:17\ncommand: [psql, -h, db, -f, /schema.sql]\nmem_limit: 256m'),
  ],
]

const RUNTIMES: readonly Case[] = [
  [
    'a share of a large container that leaves gibibytes',
    inService(`${IMAGE}\ncommand: [java, -Xmx13g, -jar, a.jar]\nmem_limit: 16g`),
    inService(`${IMAGE}\ncommand: [java, -XX:MaxRAMPercentage=80, -jar, a.jar]\nmem_limit: 16g`),
    inService(`${IMAGE}\ncommand: [node, --max-old-space-size=7168, server.js]\nmem_limit: 8g`),
  ],
  [
    'container support switched off, and the memory said by hand',
    inService(
      `${IMAGE}\ncommand: [java, -XX:-UseContainerSupport, -XX:MaxRAM=1g, -XX:MaxRAMPercentage=60, -jar, a.jar]\nmem_limit: 1g`,
    ),
  ],
  [
    'old options of an old Java',
    inService(
      'image: openjdk:8u212-jre\ncommand: [java, -Xmx300m, -XX:+UnlockExperimentalVMOptions, -XX:+UseCGroupMemoryLimitForHeap, -jar, a.jar]\nmem_limit: 600m',
    ),
  ],
  [
    'hexadecimal without its mark, where it can be meant',
    inService(`${IMAGE}\nenvironment:\n  DOTNET_GCHeapHardLimit: "10000000"\nmem_limit: 512m`),
    inService(`${IMAGE}\nenvironment:\n  DOTNET_GCHeapHardLimit: C800000\nmem_limit: 512m`),
    raw('Dockerfile', 'FROM a\nENV DOTNET_GCHeapHardLimit=10000000\n'),
  ],
  [
    'options that a start script hands on',
    raw(
      'Dockerfile',
      'FROM a\nENV JAVA_OPTS="-Xmx512m"\nENTRYPOINT ["sh", "-c", "exec java $JAVA_OPTS -jar /app.jar"]\n',
    ),
    raw('Dockerfile', 'FROM tomcat:10-jre21\nENV CATALINA_OPTS="-Xmx512m"\n'),
    raw(
      'Dockerfile',
      'FROM a\nENV JAVA_OPTS="-Xmx512m"\nENTRYPOINT exec java ${JAVA_OPTS} -jar /app.jar\n',
    ),
  ],
  [
    'workers that share what is loaded before they are made',
    inService(`${IMAGE}\ncommand: gunicorn --preload -w 32 app:app\nmem_limit: 512m`),
    inService(`${IMAGE}\ncommand: gunicorn -w 17 app:app\nmem_limit: 512m`),
  ],
  [
    'one .NET program after another',
    inService(
      `${IMAGE}\ncommand: sh -c "dotnet ef database update && exec dotnet Web.dll"\nmem_limit: 512m`,
    ),
  ],
  [
    'a heap for the build alone',
    raw(
      'Dockerfile',
      'FROM node:24 AS build\nENV NODE_OPTIONS=--max-old-space-size=8192\nRUN npm run build\n\nFROM nginx:1\nCOPY --from=build /app/dist /usr/share/nginx/html\n',
    ),
  ],
]

/** Files of different names are one project; others are judged one by one. */
function projectsOf(files: readonly Example[]): (readonly Example[])[] {
  const paths = new Set(files.map(({ path }) => path))
  return paths.size === files.length ? [files] : files.map((file) => [file])
}

describe.each([
  ['Kubernetes', KUBERNETES],
  ['Compose', COMPOSE],
  ['runtimes', RUNTIMES],
] as const)('nothing is found fault with in %s:', (_, cases) => {
  it.each(cases.map(([what, ...files]) => ({ what, files })))('$what', ({ files }) => {
    for (const project of projectsOf(files)) expect(findingsIn(project)).toEqual([])
  })
})
