import { expect, it } from 'vitest'
import { audit } from '../engine.ts'
import type { Example } from '../rule.ts'
import { inPod, inService, raw, resources } from './examples.ts'

const IMAGE = 'image: registry.example.com/web:1'
const inWeb = (lines: string): Example => inService(`${IMAGE}\n${lines}`)
const inWebPod = (lines: string, pod = ''): Example => inPod(`${IMAGE}\n${lines}`, pod)
const dockerfile = (text: string): Example => raw('Dockerfile', text)

/** The same mistakes as people write them. */
const SPELLINGS: readonly (readonly [rule: string, file: Example])[] = [
  ['J01', inWeb('command: java -Xmx1g -jar a.jar\nmem_limit: 512m')],
  ['J01', inWeb('command: ["java","-Xmx1024m","-jar","a.jar"]\nmem_limit: 512m')],
  ['J01', inWeb('environment:\n  - JAVA_OPTS=-Xms1g -Xmx1g\nmem_limit: 512m')],
  [
    'J01',
    inWeb(
      'environment:\n  JAVA_TOOL_OPTIONS: "-Xmx1G"\ndeploy:\n  resources:\n    limits:\n      memory: 512M',
    ),
  ],
  [
    'J01',
    inWebPod(`${resources('512Mi')}\nenv:\n  - name: JAVA_OPTS\n    value: "-XX:MaxHeapSize=1g"`),
  ],
  ['J01', inWebPod(`${resources('512Mi')}\ncommand: ["sh","-c","java -Xmx1g -jar /app.jar"]`)],
  [
    'J01',
    inWebPod(
      `${resources('512Mi')}\ncommand: ["/bin/sh","-c"]\nargs: ["exec java -Xmx1g -jar /app.jar"]`,
    ),
  ],
  ['J01', inWebPod(`${resources('512Mi')}\nenv:\n  - name: _JAVA_OPTIONS\n    value: -Xmx1g`)],
  ['J01', inWebPod(`${resources('512Mi')}\nenv:\n  - name: JDK_JAVA_OPTIONS\n    value: -Xmx1g`)],
  ['J01', inWebPod(`${resources('512Mi')}\nenv:\n  - name: JAVA_ARGS\n    value: -Xmx1g`)],
  ['J01', inWebPod(`${resources('512Mi')}\nenv:\n  - name: JAVA_OPTS_APPEND\n    value: -Xmx1g`)],
  [
    'J04',
    inWebPod(`${resources('512Mi')}\ncommand: [java, "-XX:MaxRAMPercentage=90.0", -jar, a.jar]`),
  ],
  [
    'J04',
    inWebPod(
      `${resources('512Mi')}\nenv:\n  - {name: JAVA_TOOL_OPTIONS, value: "-XX:MaxRAMPercentage=95"}`,
    ),
  ],
  [
    'J04',
    dockerfile(
      'FROM eclipse-temurin:21\nENV JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=90"\nCMD ["java","-jar","a.jar"]\n',
    ),
  ],
  [
    'J04',
    dockerfile(
      'FROM eclipse-temurin:21\nENTRYPOINT ["java","-XX:MaxRAMPercentage=90","-jar","a.jar"]\n',
    ),
  ],
  [
    'J07',
    dockerfile(
      'FROM eclipse-temurin:21\nENV JAVA_OPTS="-Xmx512m"\nENTRYPOINT ["java","-jar","a.jar"]\n',
    ),
  ],
  ['J07', dockerfile('FROM eclipse-temurin:21\nENV JAVA_OPTS -Xmx512m\nCMD java -jar a.jar\n')],
  [
    'J07',
    inWebPod(
      `${resources('1Gi')}\ncommand: [java, -jar, a.jar]\nenv:\n  - name: JAVA_OPTS\n    value: "-XX:MaxRAMPercentage=70"`,
    ),
  ],
  [
    'J09',
    inWeb(
      'environment:\n  JAVA_OPTS: -XX:+UnlockExperimentalVMOptions -XX:+UseCGroupMemoryLimitForHeap\nmem_limit: 512m',
    ),
  ],
  ['J09', dockerfile('FROM openjdk:17\nCMD ["java","-XX:MaxPermSize=256m","-jar","a.jar"]\n')],
  ['J06', inWebPod(`${resources('2Gi')}\ncommand: ["java", "-cp", "app", "com.example.Main"]`)],
  [
    'J06',
    inWebPod(
      `${resources('2Gi')}\ncommand: ["java", "org.springframework.boot.loader.JarLauncher"]`,
    ),
  ],
  ['J06', inWeb('command: java -jar app.jar\nmem_limit: 2g')],
  ['N02', inWeb('environment:\n  - NODE_OPTIONS=--max_old_space_size=2048\nmem_limit: 1g')],
  ['N02', inWeb('command: node --max-old-space-size=4096 dist/main.js\nmem_limit: 2g')],
  [
    'N02',
    inWebPod(
      `${resources('512Mi')}\nenv:\n  - name: NODE_OPTIONS\n    value: "--max-old-space-size=512"`,
    ),
  ],
  [
    'N02',
    inWebPod(
      `${resources('512Mi')}\ncommand: ["node"]\nargs: ["--max-old-space-size=1024","server.js"]`,
    ),
  ],
  ['N01', inService('image: node:22-alpine\ncommand: npm start\nmem_limit: 128m')],
  ['N01', inWebPod(`${resources('128Mi')}\ncommand: ["node","server.js"]`)],
  ['N01', inPod(`image: node:22\n${resources('256Mi')}`)],
  ['N05', inWeb('command: pm2-runtime start app.js -i 8\nmem_limit: 1g')],
  ['N05', inWeb('command: ["pm2-runtime","start","app.js","--instances","4"]\nmem_limit: 1g')],
  ['N10', inWeb('command: pm2-runtime app.js --max-memory-restart 1G\nmem_limit: 512m')],
  ['N10', inWeb('command: pm2-runtime app.js --max-memory-restart=1G\nmem_limit: 512m')],
  ['G02', inWebPod(`${resources('512Mi')}\nenv:\n  - name: GOMEMLIMIT\n    value: "1GiB"`)],
  ['G02', inWebPod(`${resources('512Mi')}\nenv:\n  - name: GOMEMLIMIT\n    value: "536870912"`)],
  ['G04', inWebPod(`${resources('512Mi')}\nenv:\n  - name: GOMEMLIMIT\n    value: 400Mi`)],
  ['G04', inWebPod(`${resources('512Mi')}\nenv:\n  - name: GOMEMLIMIT\n    value: 400MB`)],
  ['G04', inWebPod(`${resources('512Mi')}\nenv:\n  - name: GOMEMLIMIT\n    value: 0.4GiB`)],
  ['P01', inWeb('command: gunicorn --workers=64 app:app\nmem_limit: 512m')],
  ['P01', inWeb('command: uvicorn app:app --workers 64\nmem_limit: 512m')],
  ['P01', inWeb('command: ["celery","-A","app","worker","--concurrency=64"]\nmem_limit: 512m')],
  ['P01', inWeb('command: bundle exec puma -w 64\nmem_limit: 512m')],
  ['P01', inWeb('command: poetry run gunicorn -w 64 app:app\nmem_limit: 512m')],
  [
    'P01',
    inWeb('environment:\n  WEB_CONCURRENCY: "64"\ncommand: gunicorn app:app\nmem_limit: 512m'),
  ],
  ['P02', inWeb('command: sh -c "gunicorn -w $$(nproc) app:app"\nmem_limit: 512m')],
  ['P02', dockerfile('FROM python:3\nCMD gunicorn -w $(nproc) app:app\n')],
  ['P02', dockerfile('FROM python:3\nCMD gunicorn --workers $((2 * $(nproc) + 1)) app:app\n')],
  ['B01', inService('image: redis:7-alpine\nmem_limit: 256m')],
  ['B01', inService('image: redis\ncommand: redis-server --appendonly yes\nmem_limit: 256m')],
  [
    'B02',
    inService(
      'image: redis:7\ncommand: redis-server --maxmemory 256mb --maxmemory-policy allkeys-lru\nmem_limit: 256m',
    ),
  ],
  [
    'B05',
    inService(
      'image: postgres:16\ncommand: postgres -c shared_buffers=1GB\nshm_size: 256m\nmem_limit: 2g',
    ),
  ],
  [
    'B05',
    inService(
      'image: postgres:16\ncommand: -c shared_buffers=1GB -c max_connections=200\nshm_size: 256m\nmem_limit: 2g',
    ),
  ],
  ['B05', inPod(`image: postgres:16\nargs: ["-c","shared_buffers=1GB"]\n${resources('2Gi')}`)],
  [
    'B07',
    inService(
      'image: docker.elastic.co/elasticsearch/elasticsearch:8.1.0\nenvironment:\n  - "ES_JAVA_OPTS=-Xms3g -Xmx3g"\nmem_limit: 4g',
    ),
  ],
  ['B08', inService('image: mongo:7\ncommand: mongod --wiredTigerCacheSizeGB 2\nmem_limit: 2g')],
  ['B08', inService('image: mongo:7\ncommand: --wiredTigerCacheSizeGB=2\nmem_limit: 2g')],
  ['C17', inWeb('mem_limit: 512m\ntmpfs: /tmp')],
  ['C17', inWeb('mem_limit: 512m\nvolumes:\n  - type: tmpfs\n    target: /tmp')],
  [
    'C18',
    inWeb(
      'mem_limit: 512m\nvolumes:\n  - type: tmpfs\n    target: /tmp\n    tmpfs:\n      size: 1g',
    ),
  ],
  [
    'C18',
    inWeb(
      'mem_limit: 512m\nvolumes:\n  - type: tmpfs\n    target: /tmp\n    tmpfs:\n      size: 1000000000',
    ),
  ],
  ['C02', inWeb('mem_limit: 1g\ndeploy:\n  resources:\n    limits:\n      memory: 2G')],
  ['C06', inWeb('mem_limit: 2g\nmemswap_limit: 1g')],
  ['C14', inWeb('mem_limit: 1g\noom_score_adj: -1000')],
  ['C12', inWeb('mem_limit: 1g\noom_kill_disable: true')],
  ['C12', inWeb('mem_limit: 1g\noom_kill_disable: "true"')],
  [
    'K11',
    inWebPod(
      `${resources('512Mi')}\nvolumeMounts: [{name: shm, mountPath: /dev/shm}]`,
      'volumes:\n  - name: shm\n    emptyDir: {medium: Memory}',
    ),
  ],
  ['D01', inWeb('environment:\n  DOTNET_GCHeapHardLimit: 400000000\nmem_limit: 512m')],
  ['D02', inWeb('environment:\n  - DOTNET_GCHeapHardLimitPercent=80\nmem_limit: 512m')],
  ['P04', inWeb('environment:\n  PHP_MEMORY_LIMIT: -1\nmem_limit: 512m')],
  ['P04', inWeb('command: php -d memory_limit=-1 artisan queue:work\nmem_limit: 512m')],
  ['N04', inService('image: node:16\nmem_limit: 512m')],
  [
    'N04',
    inService('image: docker.io/library/node:18.20-alpine\ncommand: node a.js\nmem_limit: 512m'),
  ],
  ['J11', inService('image: openjdk:8u212-jre-alpine\ncommand: java -jar a.jar\nmem_limit: 512m')],
  [
    'J11',
    inService(
      'image: adoptopenjdk:11.0.11_9-jre-hotspot\ncommand: java -jar a.jar\nmem_limit: 512m',
    ),
  ],
  [
    'J16',
    inService(
      'image: a\ncommand: java -Xmx300m -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/dev/shm -jar a.jar\nmem_limit: 600m',
    ),
  ],
  [
    'C27',
    inWeb('mem_limit: 1g\nhealthcheck:\n  test: ["CMD-SHELL", "curl -f http://localhost || true"]'),
  ],
  ['C27', inWeb('mem_limit: 1g\nhealthcheck:\n  test: curl -f http://localhost || exit 0')],
  ['K09', inWebPod('resources:\n  requests: {cpu: 100m, memory: 128Mi}\n  limits: {memory: 1Gi}')],
  ['K03', inWebPod('resources:\n  requests: {cpu: 100m, memory: 128Mb}\n  limits: {memory: 1Gi}')],
  [
    'K03',
    inWebPod('resources:\n  requests: {cpu: 100m, memory: "128 Mi"}\n  limits: {memory: 1Gi}'),
  ],
]

it.each(
  SPELLINGS.map(([rule, file]) => ({
    rule,
    file,
    shown: file.text.trim().split('\n').slice(-3).join(' '),
  })),
)('$rule is found in: $shown', ({ rule, file }) => {
  const { findings } = audit([{ file, variables: new Map(), isNamed: true }])
  expect(findings.map((finding) => finding.rule.id)).toContain(rule)
})
