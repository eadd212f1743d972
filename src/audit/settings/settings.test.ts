import { describe, expect, it } from 'vitest'
import { findingsIn, foundBy, mendedTexts } from '../../../test/support/repository.ts'

/** A pod with one container, in a file with its ConfigMap. */
function pod(container: string, volumes: string, data: string): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
${indent(container, 6)}
      resources:
        requests: {cpu: 100m, memory: 512Mi}
        limits: {memory: 512Mi}
  volumes:
${indent(volumes, 4)}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
${indent(data, 2)}
`
}

function indent(text: string, by: number): string {
  return text.replaceAll(/^(?=.)/gm, ' '.repeat(by))
}

const VOLUME = '- name: settings\n  configMap:\n    name: settings'

function compose(service: string, rest = ''): string {
  return `services:\n  web:\n${indent(service, 4)}\n${rest}`
}

describe('redis.conf', () => {
  const container = `image: redis:7
args: [/etc/redis/redis.conf]
volumeMounts:
  - name: settings
    mountPath: /etc/redis`

  it('is found in a ConfigMap, with the finding at the line of the block', () => {
    const data = 'redis.conf: |\n  # the cache\n  maxmemory 400mb\n  maxmemory-policy allkeys-lru'
    expect(findingsIn({ 'pod.yaml': pod(container, VOLUME, data) })).toEqual([
      'pod.yaml:28:15 B02 400mb',
    ])
  })

  it('says that nothing is bounded, at the program', () => {
    const found = findingsIn({ 'pod.yaml': pod(container, VOLUME, 'redis.conf: |\n  save ""') })
    expect(found).toEqual(['pod.yaml:8:14 B01 redis:7'])
  })

  it.each([
    [
      'a map that is not among the files',
      VOLUME.replace('name: settings\n  c', 'name: settings\n  c').replace(
        '    name: settings',
        '    name: other',
      ),
    ],
    ['a secret', '- name: settings\n  secret:\n    secretName: settings'],
    ['a volume that is filled while it runs', '- name: settings\n  emptyDir: {}'],
  ])('says nothing where it is in %s', (_, volume) => {
    const data = 'redis.conf: |\n  maxmemory 400mb'
    expect(findingsIn({ 'pod.yaml': pod(container, volume, data) })).toEqual([])
  })

  it('says nothing where two maps have the name, or the text includes what is not known', () => {
    const text = pod(
      container,
      VOLUME,
      'redis.conf: |\n  include /run/more.conf\n  maxmemory 400mb',
    )
    expect(findingsIn({ 'pod.yaml': text })).toEqual([])
    const [before = '', map = ''] = pod(
      container,
      VOLUME,
      'redis.conf: |\n  maxmemory 400mb',
    ).split('---\n')
    expect(findingsIn({ 'pod.yaml': before, 'a.yaml': map, 'b.yaml': map })).toEqual([])
    expect(findingsIn({ 'pod.yaml': before, 'a.yaml': map })).toEqual(['a.yaml:7:15 B02 400mb'])
  })

  it('belongs to its namespace', () => {
    const [before = '', map = ''] = pod(
      container,
      VOLUME,
      'redis.conf: |\n  maxmemory 400mb',
    ).split('---\n')
    const elsewhere = map.replace('name: settings', 'name: settings\n  namespace: other')
    expect(findingsIn({ 'pod.yaml': before, 'a.yaml': elsewhere })).toEqual([])
  })

  it('is known by another name through items and subPath', () => {
    const items = `${VOLUME}\n    items:\n      - key: conf\n        path: deep/it.conf`
    const part = `image: redis:7
args: [/etc/redis.conf]
volumeMounts:
  - name: settings
    mountPath: /etc/redis.conf
    subPath: deep/it.conf`
    const text = pod(part, items, 'conf: "save \\"\\"\\nmaxmemory 500mb\\n"')
    expect(findingsIn({ 'pod.yaml': text })).toEqual([
      expect.stringMatching(/^pod\.yaml:\d+:\d+ B02 500mb$/),
    ])
  })

  it('is found in a config of Compose, beside it, and in the Dockerfile; the command line wins', () => {
    const service = 'image: redis:7\ncommand: redis-server /etc/redis.conf\nmem_limit: 512m'
    const config = `${service}\nconfigs:\n  - source: it\n    target: /etc/redis.conf`
    const inline = compose(config, 'configs:\n  it:\n    content: |\n      maxmemory 500mb\n')
    expect(findingsIn({ 'compose.yaml': inline })).toEqual(['compose.yaml:12:17 B02 500mb'])
    const file = compose(config, 'configs:\n  it:\n    file: ./conf/redis.conf\n')
    const repository = { 'd/compose.yaml': file, 'd/conf/redis.conf': 'port 1\nmaxmemory 500mb\n' }
    expect(findingsIn(repository)).toEqual(['d/conf/redis.conf:2:11 B02 500mb'])
    const mount = compose(`${service}\nvolumes:\n  - ./conf/redis.conf:/etc/redis.conf:ro`)
    expect(findingsIn({ ...repository, 'd/compose.yaml': mount })).toEqual([
      'd/conf/redis.conf:2:11 B02 500mb',
    ])
    const over = mount.replace('/etc/redis.conf\n', '/etc/redis.conf --maxmemory 200mb\n')
    expect(findingsIn({ ...repository, 'd/compose.yaml': over })).toEqual([])
  })

  it('can be ignored where it stands', () => {
    const data = 'redis.conf: |\n  # stella-ignore B02: it is never written to\n  maxmemory 400mb'
    expect(findingsIn({ 'pod.yaml': pod(container, VOLUME, data) })).toEqual([])
  })

  it('knows its replicas by the services beside it, which need room for a fork and for their buffers', () => {
    const service = (memory: string): string =>
      compose(
        `image: redis:7\ncommand: redis-server --save "" --maxmemory ${memory}\nmem_limit: 400m`,
        '  copy:\n    image: redis:7\n    command: redis-server --save "" --maxmemory 100mb --replicaof web 6379\n    mem_limit: 1g\n',
      )
    expect(findingsIn({ 'compose.yaml': service('250mb') })).toEqual([
      expect.stringMatching(/B02 250mb$/),
      expect.stringMatching(/B03 250mb$/),
    ])
    expect(findingsIn({ 'compose.yaml': service('180mb') })).toEqual([
      expect.stringMatching(/B03 180mb$/),
    ])
    expect(findingsIn({ 'compose.yaml': service('120mb') })).toEqual([])
  })
})

describe('the environment of a pod', () => {
  const java = `image: registry.example.com/web:1
command: [java, -jar, app.jar]`

  it('is resolved by key and as a whole, each value at its place in the map', () => {
    const byKey = `${java}
env:
  - name: JAVA_TOOL_OPTIONS
    valueFrom:
      configMapKeyRef: {name: settings, key: options}`
    expect(findingsIn({ 'pod.yaml': pod(byKey, '[]', 'options: "-Xmx900m"') })).toEqual([
      expect.stringMatching(/^pod\.yaml:\d+:13 J01 -Xmx900m$/),
    ])
    const whole = `${java}\nenvFrom:\n  - prefix: JAVA_\n    configMapRef: {name: settings}`
    expect(findingsIn({ 'pod.yaml': pod(whole, '[]', 'TOOL_OPTIONS: -Xmx900m') })).toEqual([
      expect.stringMatching(/^pod\.yaml:\d+:17 J01 -Xmx900m$/),
    ])
  })

  it('is whole where all maps are known, and only then', () => {
    const bare = pod(`${java}\nenvFrom:\n  - configMapRef: {name: settings}`, '[]', 'LANG: C')
    expect(findingsIn({ 'pod.yaml': bare }).map((line) => line.split(' ')[1])).toEqual(
      expect.arrayContaining(['J06']),
    )
    const missing = bare.replace(
      'configMapRef: {name: settings}',
      'configMapRef: {name: gone, optional: true}',
    )
    expect(foundBy(/J06/, { 'pod.yaml': missing })).toEqual([])
    const secret = bare.replace('configMapRef', 'secretRef')
    expect(foundBy(/J06/, { 'pod.yaml': secret })).toEqual([])
  })

  it('gives the last map the last word, and the variable of its own above all', () => {
    const both = `${java}
env:
  - name: JAVA_TOOL_OPTIONS
    value: -Xmx300m
envFrom:
  - configMapRef: {name: settings}`
    expect(foundBy(/J01/, { 'pod.yaml': pod(both, '[]', 'JAVA_TOOL_OPTIONS: -Xmx900m') })).toEqual(
      [],
    )
  })

  it('is mended where it stands, in the map', () => {
    const text = pod(
      `${java}\nenvFrom:\n  - configMapRef: {name: settings}`,
      '[]',
      'JAVA_TOOL_OPTIONS: -Xmx300m -XX:MaxRAMPercentage=70',
    )
    expect(mendedTexts({ 'pod.yaml': text })).toEqual({
      'pod.yaml': text.replace(' -XX:MaxRAMPercentage=70', ''),
    })
  })
})

describe('the environment of a service', () => {
  const service = compose(
    'image: registry.example.com/web:1\ncommand: [java, -jar, app.jar]\nenv_file: [web.env]\nmem_limit: 512m',
  )

  it('is read from its files, each value at its place', () => {
    const env = '# heap\nexport LANG=C\nJAVA_TOOL_OPTIONS="-Xss1m -Xmx900m" # too much\n'
    expect(foundBy(/J01/, { 'compose.yaml': service, 'web.env': env })).toEqual([
      'web.env:3:27 J01 -Xmx900m',
    ])
  })

  it('is not known where the file is not there, or another variable is put in', () => {
    expect(foundBy(/J/, { 'compose.yaml': service })).toEqual([])
    const filled = { 'compose.yaml': service, 'web.env': 'JAVA_TOOL_OPTIONS=-Xmx${HEAP}\n' }
    expect(foundBy(/J/, filled)).toEqual([])
    expect(foundBy(/J06/, { 'compose.yaml': service, 'web.env': 'LANG=C\n' })).toHaveLength(1)
  })
})

describe('postgresql.conf', () => {
  const service = compose(`image: postgres:17
command: postgres -c config_file=/etc/postgresql.conf
shm_size: 256m
volumes: ['./pg/postgresql.conf:/etc/postgresql.conf', './pg/conf.d:/etc/conf.d']
mem_limit: 2g`)

  it('is judged with what it includes', () => {
    const main = "shared_buffers = 256MB\ninclude_dir 'conf.d'\n"
    const more =
      "# later wins\nshared_buffers = '1GB' # half\nmax_connections 400\nwork_mem = 16MB\n"
    expect(
      findingsIn({
        'compose.yaml': service,
        'pg/postgresql.conf': main,
        'pg/conf.d/z.conf': more,
      }),
    ).toEqual(['pg/conf.d/z.conf:2:19 B05 1GB', 'pg/conf.d/z.conf:3:17 B06 400'])
  })

  it('says nothing where a part of it is not known', () => {
    const main = "shared_buffers = 1GB\ninclude '/run/more.conf'\n"
    expect(findingsIn({ 'compose.yaml': service, 'pg/postgresql.conf': main })).toEqual([])
  })
})

describe('settings of PHP', () => {
  const service = compose(`image: php:8-fpm
volumes:
  - ./php.ini:/usr/local/etc/php/php.ini
  - ./conf.d/cache.ini:/usr/local/etc/php/conf.d/cache.ini
  - ./www.conf:/usr/local/etc/php-fpm.d/www.conf
mem_limit: 512m`)
  const pool = '[www]\npm = static\npm.max_children = 20\npm.max_requests = 500\n'
  const judge = (files: Record<string, string>): string[] =>
    findingsIn({ 'compose.yaml': service, ...files })

  it('are judged where they stand', () => {
    expect(judge({ 'php.ini': '[PHP]\nmemory_limit = -1 ; all\n' })).toEqual([
      'php.ini:2:16 P04 -1',
    ])
    expect(judge({ 'php.ini': 'memory_limit=1G\n' })).toEqual(['php.ini:1:14 P04 1G'])
    expect(judge({ 'www.conf': `${pool}php_admin_value[memory_limit] = 64M\n` })).toEqual([
      'www.conf:3:19 P04 20',
    ])
  })

  it('count what all workers share', () => {
    const ini = 'memory_limit = 256M\n'
    expect(judge({ 'php.ini': ini })).toEqual([])
    const cache = 'opcache.memory_consumption=192\napc.shm_size=128M\n'
    expect(judge({ 'php.ini': ini, 'conf.d/cache.ini': cache })).toEqual(['php.ini:1:16 P04 256M'])
  })

  it('are found nothing wrong with where they fit', () => {
    expect(
      judge({ 'php.ini': 'memory_limit = 64M\n', 'www.conf': pool.replace('20', '5') }),
    ).toEqual([])
  })
})

describe('gunicorn.conf.py', () => {
  const dockerfile = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n'

  it('is found beside the Dockerfile', () => {
    const count = 'import multiprocessing\n\nworkers = multiprocessing.cpu_count() * 2 + 1\n'
    expect(foundBy(/P0/, { Dockerfile: dockerfile, 'gunicorn.conf.py': count })).toEqual([
      'gunicorn.conf.py:3:11 P02 multiprocessing.cpu_count() * 2 + 1',
    ])
    expect(
      foundBy(/P05/, { Dockerfile: dockerfile, 'gunicorn.conf.py': 'threads = 8 # per worker\n' }),
    ).toEqual(['gunicorn.conf.py:1:11 P05 8'])
  })

  it.each([
    ['a bound', 'workers = min(multiprocessing.cpu_count(), 4)\n'],
    ['a variable', 'import os\nworkers = int(os.environ.get("WORKERS", os.cpu_count()))\n'],
    ['another value later', 'workers = os.cpu_count()\nif True:\n    workers = 2\n'],
    ['a text of several lines', '"""\nworkers = os.cpu_count()\n"""\n'],
    ['anything else', 'workers = os.cpu_count()\nfrom settings import *\n'],
  ])('says nothing of %s', (_, text) => {
    expect(foundBy(/P02/, { Dockerfile: dockerfile, 'gunicorn.conf.py': text })).toEqual([])
  })

  it('gives way to the command line, and recycles', () => {
    const service = compose(`image: registry.example.com/web:1
command: gunicorn -c /app/gunicorn.conf.py app:app
volumes: ['.:/app']
mem_limit: 512m`)
    const repository = { 'compose.yaml': service, 'gunicorn.conf.py': 'workers = 30\n' }
    expect(foundBy(/P0/, repository)).toEqual([
      'compose.yaml:4:14 P03 gunicorn',
      'gunicorn.conf.py:1:11 P01 30',
    ])
    const given = service.replace('app:app', '-w 2 --max-requests 500 app:app')
    expect(foundBy(/P0/, { ...repository, 'compose.yaml': given })).toEqual([])
  })
})

describe('files of options for Java', () => {
  it('are put in their place, and mended there', () => {
    const service = compose(`image: registry.example.com/web:1
command: [java, '@/app/jvm.args', -jar, app.jar]
volumes: ['.:/app']
mem_limit: 1g`)
    const args = '# heap\n-Xmx600m\n-XX:MaxRAMPercentage=50 -Dfile.encoding=UTF-8\n'
    const repository = { 'compose.yaml': service, 'jvm.args': args }
    expect(foundBy(/J08/, repository)).toEqual(['jvm.args:3:1 J08 -XX:MaxRAMPercentage=50'])
    expect(mendedTexts(repository)).toEqual({
      'jvm.args': args.replace('-XX:MaxRAMPercentage=50 ', ''),
    })
  })

  it.each([
    ['-Xmx600m\n-XX:MaxRAMPercentage=50\n', '-Xmx600m\n'],
    ['-XX:MaxRAMPercentage=50\r\n-Xmx600m\r\n', '-Xmx600m\r\n'],
    ['-Xmx600m -XX:MaxRAMPercentage=50', '-Xmx600m'],
  ])('are mended with the line or the space that belongs to it: %j', (text, mended) => {
    const service = compose(`image: registry.example.com/web:1
command: [java, '-XX:VMOptionsFile=/app/vm.options', -jar, app.jar]
volumes: ['.:/app']
mem_limit: 1g`)
    const repository = { 'compose.yaml': service, 'vm.options': text }
    expect(mendedTexts(repository)).toEqual({ 'vm.options': mended })
  })

  it('leave the heap unknown where they are not known', () => {
    const service = compose(
      'image: registry.example.com/web:1\ncommand: [java, "@/app/jvm.args", -jar, a.jar]\nmem_limit: 1g',
    )
    expect(foundBy(/J06/, { 'compose.yaml': service })).toEqual([])
  })

  it('are read for Elasticsearch in their order, the variable last', () => {
    const service = compose(`image: elasticsearch:8.15.0
volumes: ['./heap.options:/usr/share/elasticsearch/config/jvm.options.d/heap.options']
mem_limit: 4g`)
    const repository = { 'compose.yaml': service, 'heap.options': '## heap\n-Xms3g\n-Xmx3g\n' }
    expect(foundBy(/B07/, repository)).toEqual(['heap.options:3:1 B07 -Xmx3g'])
    const over = service.replace(
      'mem_limit',
      'environment:\n  ES_JAVA_OPTS: -Xms2g -Xmx2g\nmem_limit'.replaceAll('\n', '\n    '),
    )
    expect(foundBy(/B07/, { ...repository, 'compose.yaml': over })).toEqual([])
  })
})

describe('mongod.conf', () => {
  it('is judged in a block of YAML within YAML', () => {
    const container = `image: mongo:8
args: [--config, /etc/mongo/mongod.conf]
volumeMounts:
  - name: settings
    mountPath: /etc/mongo`
    const data =
      'mongod.conf: |\n  storage:\n    wiredTiger:\n      engineConfig:\n        cacheSizeGB: 0.4'
    expect(findingsIn({ 'pod.yaml': pod(container, VOLUME, data) })).toEqual([
      expect.stringMatching(/^pod\.yaml:\d+:24 B08 0\.4$/),
    ])
  })
})

describe('settings of Node.js', () => {
  it('are read from .npmrc where npm starts it, in the place of NODE_OPTIONS', () => {
    const service = compose(`image: node:24-slim
working_dir: /app
command: npm start
environment:
  NODE_OPTIONS: --max-old-space-size=300
volumes: ['.:/app']
mem_limit: 512m`)
    const npmrc = 'registry=https://registry.example.com\nnode-options=--max-old-space-size=2048\n'
    const repository = { 'compose.yaml': service, '.npmrc': npmrc }
    expect(foundBy(/N02/, repository)).toEqual(['.npmrc:2:14 N02 --max-old-space-size=2048'])
    expect(mendedTexts(repository)).toEqual({ '.npmrc': npmrc.replace('2048', '384') })
    const direct = service.replace('npm start', 'node server.js')
    expect(foundBy(/N02/, { ...repository, 'compose.yaml': direct })).toEqual([])
  })

  it('are read from the script that npm starts', () => {
    const service = compose(`image: node:24-slim
working_dir: /app
command: npm start
volumes: ['.:/app']
mem_limit: 256m`)
    const script = (start: string): string => JSON.stringify({ scripts: { start } }, null, 2)
    const judge = (start: string): string[] =>
      foundBy(/N0[12]/, { 'compose.yaml': service, 'package.json': script(start) })
    expect(judge('node --max-old-space-size=160 server.js')).toEqual([])
    expect(judge('node --max-old-space-size=512 server.js')).toEqual([
      'package.json:3:20 N02 --max-old-space-size=512',
    ])
    expect(judge('node server.js')).toEqual(['compose.yaml:5:14 N01 npm'])
  })

  it('are read from a file for pm2 in JSON; one in JavaScript is not known', () => {
    const service = compose(`image: registry.example.com/web:1
command: pm2-runtime start /app/ecosystem.json
volumes: ['.:/app']
mem_limit: 1g`)
    const app = { script: 'server.js', instances: 4, max_memory_restart: '1G' }
    const text = JSON.stringify({ apps: [app] }, null, 2)
    expect(foundBy(/N/, { 'compose.yaml': service, 'ecosystem.json': text })).toEqual([
      'ecosystem.json:5:20 N05 4',
      'ecosystem.json:6:30 N10 1G',
    ])
    const script = service.replace('ecosystem.json', 'ecosystem.config.js').replace('1g', '256m')
    expect(foundBy(/N/, { 'compose.yaml': script })).toEqual([])
  })
})

describe('an image', () => {
  const redis = (copy: string): string => `FROM python:3.12-slim
ENV CONF=/etc/app
WORKDIR /srv
${copy}
CMD ["gunicorn", "-c", "/etc/app/gunicorn.py", "app:app"]
`

  it.each([
    ['a here-document', 'COPY <<EOF /etc/app/gunicorn.py\nthreads = 4\nEOF', 'Dockerfile:5:11'],
    ['a literal one', "COPY <<-'E' $CONF/gunicorn.py\n\tthreads = 4\nE", 'Dockerfile:5:12'],
    [
      'the second of two, behind a script with a number',
      'RUN echo $((1<<20))\nCOPY <<a.py <<"gunicorn.py" /etc/app/\nthreads = 9\na.py\nthreads = 4\ngunicorn.py',
      'Dockerfile:8:11',
    ],
    ['a file', 'COPY conf/gunicorn.py /etc/app/', 'conf/gunicorn.py:1:11'],
    [
      'a list',
      'COPY --chown=1 ["conf/gunicorn.py", "/etc/app/gunicorn.py"]',
      'conf/gunicorn.py:1:11',
    ],
    ['a pattern', 'COPY conf/*.py ${CONF}/', 'conf/gunicorn.py:1:11'],
    ['a folder', 'COPY conf ../etc/app', 'conf/gunicorn.py:1:11'],
  ])('has its file from %s', (_, copy, place) => {
    const repository = { Dockerfile: redis(copy), 'conf/gunicorn.py': 'threads = 4\n' }
    expect(foundBy(/P05/, repository)).toEqual([`${place} P05 4`])
  })

  it.each([
    ['another stage', 'COPY --from=build /conf /etc/app'],
    [
      'a script after it',
      'COPY conf/gunicorn.py /etc/app/\nRUN echo threads=1 >> /etc/app/gunicorn.py',
    ],
    ['a variable in it', 'COPY <<EOF /etc/app/gunicorn.py\nthreads = 4 # $HOME\nEOF'],
    ['a place that is not known', 'COPY conf/gunicorn.py $SOMEWHERE/'],
    ['nowhere', 'COPY other /etc/app/'],
  ])('says nothing of a file that comes from %s', (_, copy) => {
    const repository = { Dockerfile: redis(copy), 'conf/gunicorn.py': 'threads = 4\n' }
    expect(foundBy(/P05/, repository)).toEqual([])
  })
})

describe('files that would take for ever', () => {
  it('are not read to their end: includes of itself, in two programs', () => {
    const redis = compose(
      "image: redis:7\ncommand: redis-server /it/redis.conf\nvolumes: ['.:/it']\nmem_limit: 512m",
    )
    const itself = 'maxmemory 500mb\n' + 'include /it/redis.conf\n'.repeat(1_000)
    expect(findingsIn({ 'compose.yaml': redis, 'redis.conf': itself })).toEqual([])
    const postgres = compose(
      "image: postgres:17\ncommand: -c config_file=/it/it.conf\nvolumes: ['.:/it']\nshm_size: 256m\nmem_limit: 512m",
    )
    const again = 'shared_buffers = 400MB\n' + "include 'it.conf'\n".repeat(1_000)
    expect(findingsIn({ 'compose.yaml': postgres, 'it.conf': again })).toEqual([])
  })

  it('are not put in a thousand times', () => {
    const service = compose(
      `image: registry.example.com/web:1\ncommand: java ${'@/it/args '.repeat(1_000)} -jar a.jar\nvolumes: ['.:/it']\nmem_limit: 512m`,
    )
    const args = '-Xmx300m '.repeat(100_000)
    expect(foundBy(/J0[16]/, { 'compose.yaml': service, args })).toEqual([])
  })
})
