import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audit, UNKNOWN_HOST, type AuditInput } from '../engine.ts'
import { mend } from '../mend.ts'
import type { HostSettings } from '../rule.ts'
import type { Container } from '../workload.ts'
import { NOTHING_BESIDE } from './beside.ts'
import { rawAt } from './place.ts'
import { workloadsOfUnits } from './systemd.ts'
import { UNITS } from './units.ts'

const RECORDED = new URL('../../../fixtures/systemd/answers.json', import.meta.url)
const answers: {
  variables: [text: string, shown: string[]][]
  commands: [text: string, shown: string[]][]
  wrong: [section: string, line: string, warning: string | null][]
} = JSON.parse(readFileSync(RECORDED, 'utf8'))

function input(path: string, text: string): AuditInput {
  return { file: { path, text }, variables: new Map(), isNamed: true }
}

function service(lines: string): string {
  return `[Service]\n${lines}\n`
}

function judged(files: Record<string, string>, host: Partial<HostSettings> = {}): string[] {
  const inputs = Object.entries(files).map(([path, text]) => input(path, text))
  const { findings, problems } = audit(inputs, { ...UNKNOWN_HOST, ...host })
  expect(problems).toEqual([])
  return findings.map(({ rule, place, line }) => `${rule.id} ${place.file.path}:${line}`)
}

function containersOf(text: string): Container[] {
  const file = { path: 'x.service', text }
  const { units = [] } = UNITS.read(file, NOTHING_BESIDE)
  return workloadsOfUnits(units, UNKNOWN_HOST).flatMap(({ containers }) => containers)
}

/** As systemd prints the words of a command (basic/escape.c, quote_command_line). */
function quoted(words: readonly string[]): string {
  return words
    .map((word) =>
      /["\\`$*?['()<>|&;!\s]/.test(word) ? `"${word.replace(/["\\`$]/g, '\\$&')}"` : word,
    )
    .join(' ')
}

describe('what systemd reads', () => {
  it.each(answers.variables)('of variables, as in %j', (text, shown) => {
    const [container] = containersOf(service(`ExecStart=/bin/true\nEnvironment=${text}`))
    const environment = [...(container?.environment ?? [])]
    const known = environment.map(([name, { value }]) => `${name}=${value ?? '?'}`)
    // What only the machine knows is not guessed.
    expect(known).toEqual(shown.map((each) => each.replace(/=x\d+\.service$/, '=?')))
    for (const [name, variable] of environment) expect(rawAt(variable.name)).toBe(name)
  })

  it.each(answers.commands)('of commands, as in %j', (text, shown) => {
    const containers = containersOf(service(`Type=oneshot\nExecStart=${text}`))
    const commands = containers.map(({ words }) => quoted(words.map((word) => word.text)))
    const isScript = text.includes('sh -c')
    const expected = shown.map((each) =>
      each.replace(/x\d+\.service/, '"\\$n"').replace(/^name /, '/bin/true '),
    )
    // A script of a shell is taken apart.
    expect(commands).toEqual(isScript ? ['/bin/sh -c exec true -Xmx1g "a b"'] : expected)
  })

  it('stands where it is written, in continued lines and behind comments', () => {
    const text = service(
      'ExecStart=/usr/bin/java \\\n# first\n  -Xss1m \\\n  "-Xmx2g"\nMemoryMax=1G',
    )
    const { findings } = audit([input('shop.service', text)])
    expect(
      findings.map(({ rule, line, column, place }) => [rule.id, line, column, rawAt(place)]),
    ).toEqual([['J01', 5, 3, '"-Xmx2g"']])
  })

  it('is read in time, however much stands there', () => {
    const many = (line: string): string => `[Service]\n${line.repeat(60_000)}`
    const name = `Slice=${'a-'.repeat(400_000)}a.slice\n`
    for (const text of [
      many('MemoryMax=1G\nMemoryMax=2G\n'),
      many('Environment=A=1\n'),
      many('ExecStart=/bin/a \\\n'),
      `[Service]\nExecStart=/bin/a\n${name}`,
      `[Service]\nExecStart=${'\\'.repeat(900_000)}`,
      `[Service]\nEnvironment=${'A=1 '.repeat(200_000)}`,
      `[Service]\nMemoryMax=${'1K'.repeat(400_000)}`,
    ]) {
      expect(audit([input('web.service', text)]).problems).toEqual([])
    }
  })

  it('never throws, whatever the file is, and points into it', () => {
    const piece = fc.constantFrom(
      ...[
        '[Service]\n',
        '[Container]\n',
        'ExecStart=',
        'Environment=',
        '"',
        "'",
        '\\',
        '\\\n',
        '\n',
      ],
      ...[
        'MemoryMax=',
        '512Mi',
        '1G',
        'java -Xmx2g',
        'A=b ',
        ' ; ',
        '# c\n',
        '%n',
        '\r\n',
        '$A',
        '\uFEFF',
      ],
      ...[
        'PodmanArgs=--memory 1g ',
        'Tmpfs=/x',
        'Image=redis:7\n',
        'HealthCmd=true\n',
        'Slice=a.slice\n',
      ],
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 30 }), (parts) => {
        const text = `[Service]\n${parts.join('')}`
        for (const path of ['a.service', 'a.container', 'a.service.d/b.conf', 'a.slice']) {
          for (const { place } of audit([input(path, text)]).findings) {
            expect(place.start >= 0 && place.end <= text.length && place.start <= place.end).toBe(
              true,
            )
          }
        }
      }),
    )
  })
})

describe('a line that systemd warns of', () => {
  // It says nothing of these, and they are mistakes all the same.
  const SILENT: ReadonlyMap<string, string> = new Map([
    ['LimitRSS=1G', 'S07'],
    ['MemoryHigh=2G\nMemoryMax=1G', 'S03'],
    ['OOMScoreAdjust=-1000\nMemoryMax=1G', 'S04'],
  ])

  it.each(answers.wrong)('is found, and no other: [%s] %s', (section, line, warning) => {
    const text = `[${section}]\n${line}\n${section === 'Service' ? '' : '[Service]\n'}ExecStart=/bin/true\n`
    const rules = judged({ 'web.service': text }).map((found) => found.slice(0, 3))
    const silent = SILENT.get(line)
    if (silent !== undefined) expect(rules).toEqual([silent])
    else expect(rules.length).toBe(warning === null ? 0 : 1)
  })
})

describe('every family of rules holds for a unit', () => {
  it.each([
    ['J01', 'ExecStart=/usr/bin/java -Xmx2g -jar a.jar\nMemoryMax=1G'],
    ['J03', 'ExecStart=/usr/bin/java -Xmx900m -jar a.jar\nMemoryMax=1G'],
    ['J06', 'ExecStart=/usr/bin/java -jar a.jar\nMemoryMax=2G'],
    ['J07', 'Environment=JAVA_OPTS=-Xmx300m\nExecStart=/usr/bin/java -jar a.jar\nMemoryMax=500M'],
    [
      'J08',
      'Environment="JAVA_TOOL_OPTIONS=-Xmx600m -XX:MaxRAMPercentage=70"\nExecStart=/opt/a\nMemoryMax=1G',
    ],
    [
      'J09',
      'ExecStart=/usr/bin/java -XX:+UseCGroupMemoryLimitForHeap -Xmx600m -jar a.jar\nMemoryMax=1G',
    ],
    ['J10', 'ExecStart=/usr/bin/java -XX:-UseContainerSupport -jar a.jar\nMemoryMax=512M'],
    [
      'J16',
      'ExecStart=/usr/bin/java -Xmx300m -XX:+HeapDumpOnOutOfMemoryError -XX:HeapDumpPath=/dumps/a -jar a.jar\nTemporaryFileSystem=/dumps:size=64M\nMemoryMax=600M',
    ],
    ['N01', 'ExecStart=/usr/bin/node server.js\nMemoryMax=256M'],
    ['N02', 'ExecStart=/usr/bin/node --max-old-space-size=2048 server.js\nMemoryMax=1G'],
    ['N05', 'ExecStart=/usr/bin/pm2-runtime server.js -i 4\nMemoryMax=1G'],
    ['N10', 'ExecStart=/usr/bin/pm2-runtime server.js --max-memory-restart 1G\nMemoryMax=512M'],
    ['G01', 'Environment=GOGC=100\nExecStart=/opt/a\nMemoryMax=512M'],
    ['G02', 'Environment=GOMEMLIMIT=512MiB\nExecStart=/opt/a\nMemoryMax=512M'],
    ['G03', 'Environment=GOGC=off\nExecStart=/opt/a\nMemoryMax=512M'],
    ['G04', 'Environment=GOMEMLIMIT=460Mi\nExecStart=/opt/a\nMemoryMax=512M'],
    [
      'D01',
      'Environment=DOTNET_GCHeapHardLimit=200000000\nExecStart=/usr/bin/dotnet a.dll\nMemoryMax=512M',
    ],
    [
      'D02',
      'Environment=DOTNET_GCHeapHardLimitPercent=75\nExecStart=/usr/bin/dotnet a.dll\nMemoryMax=512M',
    ],
    ['P01', 'ExecStart=/usr/bin/gunicorn -w 32 app:app\nMemoryMax=512M'],
    ['P02', "ExecStart=/bin/sh -c 'exec gunicorn -w $(nproc) app:app'\nMemoryMax=1G"],
    ['P04', 'ExecStart=/usr/sbin/php-fpm -d memory_limit=-1\nMemoryMax=512M'],
    ['B01', 'ExecStart=/usr/bin/redis-server --save ""\nMemoryMax=512M'],
    ['B02', 'ExecStart=/usr/bin/redis-server --maxmemory 400mb\nMemoryMax=512M'],
    ['B05', 'ExecStart=/usr/bin/postgres -c shared_buffers=1GB\nMemoryMax=2G'],
    ['B06', 'ExecStart=/usr/bin/postgres -c max_connections=200 -c work_mem=64MB\nMemoryMax=4G'],
    [
      'B07',
      'Environment="ES_JAVA_OPTS=-Xms2300m -Xmx2300m"\nExecStart=/usr/share/elasticsearch/bin/systemd-entrypoint\nMemoryMax=4G',
    ],
    ['B08', 'ExecStart=/usr/bin/mongod --wiredTigerCacheSizeGB 1.8\nMemoryMax=2G'],
    [
      'B09',
      'Environment=KAFKA_HEAP_OPTS=-Xmx2600m\nExecStart=/opt/kafka/bin/kafka-server-start.sh c.properties\nMemoryMax=4G',
    ],
    ['C18', 'ExecStart=/opt/a\nTemporaryFileSystem=/cache:size=500M\nMemoryMax=512M'],
  ])('%s', (rule, lines) => {
    expect(judged({ 'web.service': service(lines) }).map((found) => found.slice(0, 3))).toEqual([
      rule,
    ])
  })

  it.each([
    [
      'has no limit',
      'ExecStart=/usr/bin/java -XX:MaxRAMPercentage=90 -XX:-UseContainerSupport -jar a.jar',
    ],
    [
      'counts the processors of its own machine',
      "ExecStart=/bin/sh -c 'gunicorn -w $(nproc) app:app'",
    ],
    [
      'takes its options from a file',
      'EnvironmentFile=/etc/default/a\nExecStart=/usr/bin/node a.js\nMemoryMax=256M',
    ],
    [
      'is told by its instance',
      'ExecStart=/usr/bin/node --max-old-space-size=%i a.js\nMemoryMax=256M',
    ],
    ['starts nothing', 'MemoryMax=256M'],
    ['takes its heap from a variable', 'ExecStart=/usr/bin/java $OPTS -jar a.jar\nMemoryMax=2G'],
    [
      'configures Redis in a file',
      'ExecStart=/usr/bin/redis-server /etc/redis/redis.conf\nMemoryMax=1G',
    ],
    [
      'is limited by its slice alone, which Node.js does not see',
      'ExecStart=/usr/bin/node a.js\nSlice=a.slice',
    ],
    ['is exempt, and unlimited', 'ExecStart=/usr/sbin/sshd -D\nOOMScoreAdjust=-1000'],
    [
      'is a template of another tool',
      'ExecStart=/opt/a\nMemoryMax=@memory@\nOOMPolicy={{ policy }}',
    ],
  ])('but not for one that %s', (_, lines) => {
    const files = { 'web.service': service(lines), 'a.slice': '[Slice]\nMemoryMax=8G\n' }
    expect(judged(files)).toEqual([])
  })
})

describe('units together', () => {
  const java = service('ExecStart=/usr/bin/java -Xmx2g -jar a.jar\nMemoryMax=1G')

  it('are judged with what is laid over them', () => {
    const higher = service('MemoryMax=4G')
    expect(judged({ 'd/web.service': java })).toEqual(['J01 d/web.service:2'])
    expect(judged({ 'd/web.service': java, 'd/web.service.d/more.conf': higher })).toEqual([])
    expect(
      judged({ 'd/web.service': java, 'd/web.service.d/more.conf': service('MemoryMax=') }),
    ).toEqual([])
    expect(judged({ 'd/web.service.d/more.conf': higher })).toEqual([])
  })

  it('are laid over in the order of their names, and commands taken back', () => {
    const files = {
      'web.service': java,
      'web.service.d/20-b.conf': service('MemoryMax=1500M'),
      'web.service.d/10-a.conf': service(
        'MemoryMax=8G\nExecStart=\nExecStart=/usr/bin/java -Xmx3g -jar a.jar',
      ),
    }
    expect(judged(files)).toEqual(['J01 web.service.d/10-a.conf:4'])
  })

  it('are bounded by their slices, and those above them', () => {
    const shop = service(
      'ExecStart=/usr/bin/java -Xmx2g -jar a.jar\nMemoryMax=4G\nSlice=shop-web.slice',
    )
    const slice = '[Slice]\nMemoryMax=1G\n'
    expect(judged({ 'web.service': shop })).toEqual([])
    expect(judged({ 'web.service': shop, 'shop.slice': slice })).toEqual([
      'J01 web.service:2',
      'S09 web.service:3',
    ])
    expect(judged({ 'web.service': shop, 'other.slice': slice, 'x/shop.slice': slice })).toEqual([])
  })

  it('take a share of a machine that is known, and of no other', () => {
    const half = service('ExecStart=/usr/bin/java -Xmx3g -jar a.jar\nMemoryMax=50%')
    expect(judged({ 'web.service': half })).toEqual([])
    expect(judged({ 'web.service': half }, { memoryBytes: 4 * 2 ** 30 })).toEqual([
      'J01 web.service:2',
    ])
  })

  it('are told apart from what else has such a name', () => {
    for (const text of [
      '[D-BUS Service]\nName=org.example.Shop\nExec=/opt/a\n',
      '<?xml version="1.0"?>\n<service-group><name>Shop</name></service-group>\n',
    ]) {
      expect(audit([{ ...input('shop.service', text), isNamed: false }]).files).toEqual([])
    }
  })

  it('are read from standard input as systemctl cat prints them', () => {
    const text = `# /lib/systemd/system/web.service\n[Unit]\nDescription=A\n\n${java}\n# /etc/systemd/system/web.service.d/a.conf\n[Service]\nMemoryMax=512Mi\n`
    expect(judged({ '-': text })).toEqual(['S01 -:11'])
  })
})

describe('a container of Quadlet', () => {
  const container = (lines: string, more = ''): Record<string, string> => ({
    'web.container': `[Container]\nImage=registry.example.com/web:1\n${lines}\n${more}`,
  })

  it.each([
    ['C01', 'Exec=a', ''],
    ['C05', 'PodmanArgs=--memory=512m --memory-swap=-1', ''],
    ['C06', 'PodmanArgs=--memory 512m --memory-swap 256m', ''],
    ['C07', 'Memory=256m\nPodmanArgs=--memory-reservation=512m', ''],
    ['C08', 'PodmanArgs=--memory-reservation=512m', ''],
    ['C12', 'Memory=512m\nPodmanArgs=--oom-kill-disable', ''],
    ['C14', 'Memory=512m\nPodmanArgs=--oom-score-adj=-800', ''],
    ['C17', 'Memory=512m\nTmpfs=/tmp', ''],
    ['C17', 'Memory=512m\nMount=type=tmpfs,destination=/cache', ''],
    ['C18', 'Memory=512m\nTmpfs=/tmp:size=500m', ''],
    ['C19', 'Memory=512m\nShmSize=256m', ''],
    ['C26', 'Memory=180m\nExec=node --max-old-space-size=120 a.js\nHealthCmd=node check.js', ''],
    ['C27', 'Memory=512m\nHealthCmd=true', ''],
    ['J01', 'Memory=512m\nExec=java -Xmx1g -jar a.jar', ''],
    ['J01', 'PodmanArgs=-m 512m\nExec=java -Xmx1g -jar a.jar', ''],
    ['J01', 'Exec=java -Xmx1g -jar a.jar', '[Service]\nMemoryMax=512M\n'],
    ['G02', 'Memory=512m\nEnvironment=GOMEMLIMIT=512MiB', ''],
    ['S06', 'MemoryMax=512M', '[Service]\nMemoryMax=512M\n'],
    ['S01', 'Exec=a', '[Service]\nMemoryMax=512Mi\n'],
  ])('is judged by %s: %s', (rule, lines, more) => {
    expect(judged(container(lines, more)).map((found) => found.slice(0, 3))).toEqual([rule])
  })

  it.each([
    ['its service is limited', 'Exec=a', '[Service]\nMemoryMax=512M\n'],
    ['its pod may be limited', 'Pod=shop.pod', ''],
    ['its slice may be limited', 'Exec=a', '[Service]\nSlice=shop.slice\n'],
    ['it is put below another group', 'PodmanArgs=--cgroup-parent=/shop', ''],
    [
      'it stands beside its service, and fits there',
      'Memory=2g\nCgroupsMode=enabled\nExec=java -Xmx1g -jar a.jar',
      '[Service]\nMemoryMax=512M\n',
    ],
    ['a drop-in is all there is of it', '', ''],
  ])('is no mistake where %s', (_, lines, more) => {
    const files = container(lines, more)
    const text = files['web.container'] ?? ''
    const isDropIn = lines === ''
    expect(judged(isDropIn ? { 'web.container.d/a.conf': text } : files)).toEqual([])
  })
})

it('is mended in its own syntax', () => {
  const mended = (path: string, text: string): string | undefined =>
    mend([input(path, text)], UNKNOWN_HOST)[0]?.after.file.text
  expect(
    mended(
      'web.service',
      service('ExecStart=/usr/bin/node a.js\r\nMemoryMax=200Mi # x').replace(' # x', ''),
    ),
  ).toBe(
    service(
      'Environment=NODE_OPTIONS=--max-old-space-size=140\r\nExecStart=/usr/bin/node a.js\r\nMemoryMax=200M',
    ),
  )
  expect(mended('web.container', '[Container]\nImage=node:24\nMemory=200m\n')).toBe(
    '[Container]\nEnvironment=NODE_OPTIONS=--max-old-space-size=140\nImage=node:24\nMemory=200m\n',
  )
  expect(
    mended(
      'web.service',
      service(
        'ExecStart=/usr/bin/java \\\n  -XX:+UseCGroupMemoryLimitForHeap \\\n  -Xmx300m -jar a.jar\nmemorymax=unlimited',
      ),
    ),
  ).toBe(service('ExecStart=/usr/bin/java \\\n  \\\n  -Xmx300m -jar a.jar\nMemoryMax=infinity'))
})
