import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { createGzip, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFiles } from './index.ts'

const KERNEL_LOG = readFileSync(
  fileURLToPath(new URL('../../../fixtures/guest/6.12/own-limit/kernel.log', import.meta.url)),
)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-hostile-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

test.each([
  ['random bytes', randomBytes(100_000)],
  ['a program', readFileSync(process.execPath).subarray(0, 200_000)],
  ['zeros', Buffer.alloc(300_000)],
  ['something else packed', gzipSync(randomBytes(5_000))],
  ['a log of another kind', 'lorem ipsum dolor\n'.repeat(100)],
])('%s is not recognised, and no error', async (_name, content) => {
  const path = write('junk', content)
  expect(await readFiles([path])).toEqual({
    observations: [],
    unknown: [`not recognised: ${path}`],
  })
})

test.each([
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), /xz: unpack it first$/],
  ['zip', Buffer.from('PK\u0003\u0004....'), /zip archive: unpack it first$/],
  ['journal', Buffer.from(`LPKSHHRH${'\0'.repeat(100)}`), /journalctl --file FILE -o json$/],
])('a file packed as %s is named as what it is', async (name, content, sentence) => {
  const { unknown } = await readFiles([write(name, content)])
  expect(unknown).toEqual([expect.stringMatching(sentence)])
})

test('a tar archive is named as one, whatever it holds', async () => {
  write('a.txt', 'exit 1\n')
  execFileSync('tar', ['-C', folder, '-cf', join(folder, 'a.tar'), 'a.txt'])
  const { unknown } = await readFiles([join(folder, 'a.tar')])
  expect(unknown).toEqual([
    `${join(folder, 'a.tar')} was not read: it is a tar archive: unpack it first`,
  ])
})

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
])('a %s file that breaks off gives what came before, and says so', async (_name, pack) => {
  const filler = Array.from(
    { length: 5_000 },
    () => `[    9.000000] x: ${randomBytes(30).toString('hex')}\n`,
  )
  const packed = pack(Buffer.concat([KERNEL_LOG, Buffer.from(filler.join(''))]))
  const path = write('cut', packed.subarray(0, packed.length - 2_000))
  const world = await readFiles([path])
  expect(world.observations.some(({ fact }) => fact.kind === 'kernel-oom')).toBe(true)
  expect(world.unknown).toEqual([
    expect.stringMatching(/^only the first \d+ bytes of .*cut were read: /),
  ])
})

test('a broken packing is told', async () => {
  const path = write('broken.gz', Buffer.concat([gzipSync('x').subarray(0, 10), randomBytes(100)]))
  const { unknown } = await readFiles([path])
  expect(unknown).toEqual([expect.stringMatching(/broken\.gz could not be read/)])
})

test('a packed log that unpacks without end is cut, and what came before counts', async () => {
  const path = join(folder, 'bomb.gz')
  const line = '[    1.000000] a line that says nothing at all, over and over again\n'.repeat(1_000)
  async function* log(): AsyncGenerator<Buffer> {
    yield KERNEL_LOG
    for (let count = 0; count < 300; count++) yield Buffer.from(line)
  }
  await pipeline(Readable.from(log()), createGzip({ level: 1 }), createWriteStream(path))
  const world = await readFiles([path], { maxUnpackedBytes: 1024 ** 2 })
  expect(world.observations.some(({ fact }) => fact.kind === 'kernel-oom')).toBe(true)
  expect(world.unknown).toEqual([`only the first 1048576 bytes of ${path} were read: it is larger`])
})

test('a packed text that unpacks without end is cut too', async () => {
  const events =
    '2026-11-21T07:42:37.871355765Z container die aaaaaaaaaaaa (exitCode=137, image=i, name=n)\n'
  const path = write('events.gz', gzipSync(events.repeat(20_000)))
  const world = await readFiles([path], { maxTextBytes: 10_000 })
  expect(world.observations).toHaveLength(Math.floor(10_000 / events.length))
  expect(world.unknown).toEqual([`only the first 10000 bytes of ${path} were read: it is larger`])
})

test('a hundred megabytes on one line end in time', async () => {
  const path = write(
    'line.log',
    Buffer.alloc(100 * 1024 ** 2, 'Out of memory: Killed process 1 (x) '),
  )
  const started = performance.now()
  await readFiles([path])
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('files and folders are counted, and what is left out is told', async () => {
  for (let index = 0; index < 30; index++) write(`exit-${index}.txt`, 'exit 1\n')
  const few = await readFiles([folder], { maxFiles: 10 })
  expect(few.observations).toHaveLength(10)
  expect(few.unknown).toEqual([`only the first 10 files were read; ${folder} holds more`])
  mkdirSync(join(folder, 'a/b/c/d'), { recursive: true })
  const shallow = await readFiles([folder], { maxDepth: 2 })
  expect(shallow.unknown).toEqual([
    `${join(folder, 'a/b/c')} was not read: it lies more than 2 folders deep`,
  ])
})

test('a thousand unknown files are named up to a point, and counted beyond', async () => {
  for (let index = 0; index < 150; index++) write(`x${index}`, 'lorem\n')
  const { unknown } = await readFiles([folder])
  expect(unknown).toHaveLength(101)
  expect(unknown.at(-1)).toBe('not recognised: 50 more files')
})

test('sockets, pipes and devices in a folder are left alone', async () => {
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const server = createServer().listen(join(folder, 'socket'))
  try {
    const { unknown } = await readFiles([folder, '/dev/null'])
    expect(unknown).toEqual([
      `${join(folder, 'pipe')} was not read: it is a pipe`,
      `${join(folder, 'socket')} was not read: it is a socket`,
      '/dev/null was not read: it is a device',
    ])
  } finally {
    server.close()
  }
})

test('a pipe that is named itself is read, as a shell hands it over', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  const [world] = await Promise.all([
    readFiles([pipe]),
    pipeline(Readable.from([Buffer.from('exit 137\n')]), createWriteStream(pipe)),
  ])
  expect(world.observations).toMatchObject([{ from: `${pipe}:1`, fact: { exitCode: 137 } }])
})

test.skipIf(process.geteuid?.() !== 0)(
  'what may not be read is told with the permission that is missing',
  async () => {
    const secret = write('secret.log', 'exit 1\n')
    mkdirSync(join(folder, 'closed'))
    chmodSync(secret, 0o600)
    chmodSync(join(folder, 'closed'), 0o700)
    chmodSync(folder, 0o755)
    try {
      process.seteuid?.(65_534)
      const { observations, unknown } = await readFiles([folder])
      expect(observations).toEqual([])
      expect(unknown).toEqual([
        `${secret} could not be read: permission denied; it belongs to user 0 and group 0 with mode 0600, so run as that user or as root`,
        `${join(folder, 'closed')} could not be read: permission denied; it belongs to user 0 and group 0 with mode 0700, so run as that user or as root`,
      ])
    } finally {
      process.seteuid?.(0)
    }
  },
)

test('the queue of the log daemon is not emptied', async () => {
  const { observations, unknown } = await readFiles(['/proc/kmsg'])
  expect(observations).toEqual([])
  expect(unknown).toEqual([
    '/proc/kmsg was not read: what one reads there the log daemon never sees; use dmesg or journalctl -k',
  ])
})

test('a process that may hang does not hold us back', async () => {
  const { observations, unknown } = await readFiles([
    `/proc/${process.pid}/smaps_rollup`,
    `/proc/${process.pid}/status`,
  ])
  expect(unknown).toEqual([
    expect.stringMatching(/smaps_rollup was not read: .*ask for pid:N instead$/),
  ])
  expect(observations).toMatchObject([{ fact: { kind: 'process-state', pid: process.pid } }])
})

test('a log larger than the memory we may use is streamed', async () => {
  const path = join(folder, 'large.gz')
  async function* log(): AsyncGenerator<Buffer> {
    const lines = Buffer.from(
      '[    1.000000] br0: port 1(veth1) entered forwarding state, as it did before\n'.repeat(
        10_000,
      ),
    )
    for (let count = 0; count < 300; count++) yield lines
    yield KERNEL_LOG
  }
  await pipeline(Readable.from(log()), createGzip({ level: 1 }), createWriteStream(path))
  // Not maxRSS: the kernel counts in what the process was before it became Node, which is this one.
  const script = `
    import { readFileSync } from 'node:fs'
    import { readFiles } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const peakKib = () => Number(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    await readFiles([${JSON.stringify(folder)}], { maxFiles: 0 })
    const before = process.memoryUsage.rss()
    const { observations } = await readFiles([${JSON.stringify(path)}])
    console.log(JSON.stringify({
      kills: observations.filter((seen) => seen.fact.kind === 'kernel-oom').length,
      grownBytes: peakKib() * 1024 - before,
    }))`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  })
  const { kills, grownBytes } = JSON.parse(child.stdout)
  expect(kills).toBe(1)
  // 230 MB of log, in a process that still has its compiler in memory.
  expect(grownBytes).toBeLessThan(120 * 1024 ** 2)
})

test('whatever bytes stand in whatever files, reading ends with a world', async () => {
  const name = fc.constantFrom(
    'a.log',
    'memory.stat',
    'memory.events',
    'status',
    'x.json',
    'exit.txt',
    'meminfo',
    'PATH',
    'stat.gz',
  )
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
    fc
      .constantFrom(
        '{"Id":"a","State":{',
        'MemTotal: 1 kB\n',
        'oom_kill 1\n',
        '==> memory.max <==\n',
      )
      .map((text) => new TextEncoder().encode(text)),
    fc.constant(new Uint8Array([0x1f, 0x8b, 8])),
  )
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, fc.array(piece, { maxLength: 5 })), async (files) => {
      const inner = mkdtempSync(join(folder, 'p-'))
      for (const [file, pieces] of Object.entries(files))
        writeFileSync(join(inner, file), Buffer.concat(pieces))
      const world = await readFiles([inner])
      for (const seen of world.observations) expect(seen.from.startsWith(inner)).toBe(true)
      rmSync(inner, { recursive: true })
    }),
    { numRuns: 60 },
  )
})

test('a kubeconfig among evidence starts no program', async () => {
  const mark = join(folder, 'was-here')
  const user = {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: [mark] },
  }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  mkdirSync(join(folder, '.kube'))
  for (const name of ['kubeconfig', 'config.json', '.kube/config'])
    writeFileSync(join(folder, name), JSON.stringify(config))
  writeFileSync(join(folder, 'kernel.log'), KERNEL_LOG)
  const { observations } = await readFiles([folder])
  expect(observations.some(({ fact }) => fact.kind === 'kernel-oom')).toBe(true)
  expect(existsSync(mark)).toBe(false)
})
