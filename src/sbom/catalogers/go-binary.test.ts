import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { catalogFile } from '../../../test/support/cataloged.ts'
import { foundLine } from '../../../test/support/found.ts'
import { requireParts } from '../../../test/support/parts.ts'
import {
  recordedProgram,
  recordedPrograms,
  toldOfProgram,
} from '../../../test/support/recorded-programs.ts'
import { goBinary } from './go-binary.ts'

/** Of the program itself: from its tag, a flag of its linker, its symbols, its commit, or nothing. */
const MAIN_VERSIONS: Readonly<Record<string, string>> = {
  tagged: '@v2.5.1',
  stripped: '@v1.7.0',
  trimmed: '@v1.8.0',
}

describe('programs of all systems, stripped or not', () => {
  test.each(recordedPrograms('go-binary'))('%s', async (name) => {
    const told = toldOfProgram('go-binary', name)
    const commit = /vcs\.revision=(\w{12})/.exec(told)?.[1]
    const version =
      MAIN_VERSIONS[name] ?? (commit === undefined ? '' : `@v0.0.0-20240501123456-${commit}`)
    expect(await found(recordedProgram('go-binary', name))).toEqual([
      `pkg:golang/example.com/Shop/sample/v2${version}`,
      'pkg:golang/example.org/fork/forked@v0.4.1-0.20240501123456-0123456789ab',
      'pkg:golang/example.com/local',
      'pkg:golang/example.com/plain@v1.2.3',
      `pkg:golang/stdlib@${told.split('\n')[0]?.replace('go', '')}`,
    ])
  })

  test('a path is told as a namespace and a name, the standard library with its licence', async () => {
    const all = await catalogFile(goBinary, 'sample', recordedProgram('go-binary', 'tagged'))
    const packages = all.flatMap((one) => (one.kind === 'package' ? [one.package] : []))
    expect(packages.at(0)).toMatchObject({ namespace: 'example.com/Shop/sample', name: 'v2' })
    expect(packages.at(-1)).toMatchObject({ namespace: null, licences: ['BSD-3-Clause'] })
  })

  test('a fat program of macOS is told once', async () => {
    const thin = recordedProgram('go-binary', 'macos')
    expect(await found(fat([thin, thin]))).toEqual(await found(thin))
  })

  test('a program without a table of sections', async () => {
    const bytes = recordedProgram('go-binary', 'go-1.19')
    const expected = await found(bytes)
    // Where its section table is, and how many sections it has.
    bytes.fill(0, 40, 48)
    bytes.fill(0, 58, 64)
    // The blob is not where Go looks for it, as nothing of the data was recorded but its section.
    expect(expected).toHaveLength(5)
    expect(await found(bytes)).toEqual(expected)
  })
})

describe.skipIf(requireParts('go'))('as Go itself tells', () => {
  const programs = [
    ...globSync('node_modules/@typescript/typescript-linux-*/lib/tsc'),
    ...globSync('node_modules/@oxlint-tsgolint/linux-*/tsgolint'),
  ]

  test.each(programs)('%s', async (path) => {
    const { paths, version } = toldModules(path)
    const all = await found(readFileSync(path))
    expect(paths.length).toBeGreaterThan(5)
    expect(all).toEqual([...paths, `pkg:golang/stdlib@${version}`])
  })

  test('texts that are pointed to, as before Go 1.18', async () => {
    const bytes = pointed(recordedProgram('go-binary', 'linux-amd64'))
    const folder = mkdtempSync(join(tmpdir(), 'stella-go-'))
    try {
      const path = join(folder, 'old')
      writeFileSync(path, bytes, { mode: 0o755 })
      const { paths, version } = toldModules(path)
      expect(version).toBe('1.17.13')
      expect(await found(bytes)).toEqual([...paths, 'pkg:golang/stdlib@1.17.13'])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test.each([
  ['go1.22.3 X:boringcrypto', '1.22.3'],
  ['go1.26.1-X:nodwarf5', '1.26.1'],
  ['go1.26.5 (Red Hat 1.26.5-1.el10)', '1.26.5'],
  ['devel go1.24-0123abcd Mon May', '1.24-0123abcd'],
  ['go1.23rc1', '1.23rc1'],
])('the version of %s', async (text, version) => {
  const bytes = recordedProgram('go-binary', 'linux-amd64')
  const at = bytes.indexOf('\u0008go1.26.8', 0, 'latin1')
  const rest = Buffer.from(bytes.subarray(at + 9, at + 2000))
  bytes.writeUInt8(text.length, at)
  bytes.write(text, at + 1, 'latin1')
  rest.copy(bytes, at + 1 + text.length)
  const all = await found(bytes)
  expect(all.at(-1)).toBe(`pkg:golang/stdlib@${version}`)
})

test('a list of modules that is cut, or larger than any, is told', async () => {
  const bytes = recordedProgram('go-binary', 'linux-amd64')
  const at = bytes.indexOf('\u0008go1.26.8', 0, 'latin1') + 9
  bytes.set([0xff, 0xff, 0xff, 0x7f], at)
  expect(await found(bytes)).toEqual([
    'problem: its list of modules is damaged or too large',
    'pkg:golang/stdlib@1.26.8',
  ])
})

test('what is no program of Go', async () => {
  expect(await found(Buffer.from('\u007fELF'))).toEqual([])
  expect(await found(recordedProgram('rust-binary', 'auditable'))).toEqual([])
  // A class file of Java begins as a fat program does.
  expect(await found(Buffer.from('cafebabe0000003d00', 'hex'))).toEqual([])
})

test('damaged programs never throw', async () => {
  const seeds = recordedPrograms('go-binary').map((name) => recordedProgram('go-binary', name))
  const places = seeds.map(withContent)
  await fc.assert(
    fc.asyncProperty(
      fc.nat(seeds.length - 1),
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff, 10)), {
        minLength: 1,
        maxLength: 12,
      }),
      async (which, changes) => {
        const bytes = seeds[which] ?? Buffer.alloc(0)
        const before = changes.map(([at]) => {
          const place = places[which]?.[at % (places[which]?.length ?? 1)] ?? 0
          return [place, bytes[place] ?? 0] as const
        })
        for (const [index, [place]] of before.entries()) bytes[place] = changes[index]?.[1] ?? 0
        const all = await catalogFile(goBinary, 'a', bytes)
        for (const [place, value] of before.toReversed()) bytes[place] = value
        for (const one of all) expect(one.kind).toMatch(/^(package|problem)$/)
      },
    ),
    { numRuns: 150 },
  )
})

const found = async (bytes: Uint8Array): Promise<string[]> =>
  (await catalogFile(goBinary, 'sample', bytes)).map(foundLine)

/** Where a recorded program is not empty. */
function withContent(bytes: Buffer): number[] {
  const places: number[] = []
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== 0) places.push(at)
  return places
}

/** The lines of `go version -m`, with what replaces a module instead of it. */
function toldModules(path: string): { paths: string[]; version: string } {
  const told = execFileSync('go', ['version', '-m', path], { encoding: 'utf8' })
  const rows = told.split('\n').map((line) => line.trim().split('\t'))
  const version = /: go(\S+)/.exec(rows[0]?.[0] ?? '')?.[1] ?? ''
  const modules: { path: string; version: string }[] = []
  for (const [kind, modulePath = '', moduleVersion = ''] of rows) {
    if (kind === 'mod' || kind === 'dep') modules.push({ path: modulePath, version: moduleVersion })
    if (kind !== '=>') continue
    const { path = '' } = modules.pop() ?? {}
    modules.push({ path: modulePath.startsWith('.') ? path : modulePath, version: moduleVersion })
  }
  const paths = modules.map(({ path, version }) =>
    version === '(devel)' || version === ''
      ? `pkg:golang/${path}`
      : `pkg:golang/${path}@${version}`,
  )
  return { paths, version }
}

/** A header of pointers in place of the texts, which follow it; settings make room for it. */
function pointed(bytes: Buffer): Buffer {
  const magicAt = bytes.indexOf('\u00ff Go buildinf:', 0, 'latin1')
  const versionBytes = bytes[magicAt + 32] ?? 0
  const modulesAt = magicAt + 33 + versionBytes + 2
  const whole = bytes.subarray(modulesAt)
  const end = whole.indexOf('build\t')
  const mark = Buffer.from(whole.subarray(0, 16))
  const modules = Buffer.concat([mark, whole.subarray(16, end), mark])
  const version = Buffer.from('go1.17.13')
  const address = addressOf(bytes, magicAt)
  const header = Buffer.alloc(32)
  bytes.copy(header, 0, magicAt, magicAt + 14)
  header.writeUInt8(8, 14)
  header.writeBigUInt64LE(address + 32n, 16)
  header.writeBigUInt64LE(address + 48n, 24)
  const texts = Buffer.alloc(32)
  texts.writeBigUInt64LE(address + 64n, 0)
  texts.writeBigUInt64LE(BigInt(version.length), 8)
  texts.writeBigUInt64LE(address + 64n + BigInt(version.length), 16)
  texts.writeBigUInt64LE(BigInt(modules.length), 24)
  const blob = Buffer.concat([header, texts, version, modules])
  blob.copy(bytes, magicAt)
  return bytes
}

/** Of a place in an ELF program of 64 bits, by the segment that it lies in. */
function addressOf(bytes: Buffer, at: number): bigint {
  const segments = Number(bytes.readBigUInt64LE(32))
  for (let index = 0; index < bytes.readUInt16LE(56); index++) {
    const segment = bytes.subarray(segments + index * 56)
    const from = Number(segment.readBigUInt64LE(8))
    const size = Number(segment.readBigUInt64LE(32))
    const isLoaded = segment.readUInt32LE(0) === 1
    if (isLoaded && from <= at && at < from + size) {
      return segment.readBigUInt64LE(16) + BigInt(at - from)
    }
  }
  throw new Error('it lies in no segment')
}

function fat(programs: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(4096)
  header.writeUInt32BE(0xca_fe_ba_be, 0)
  header.writeUInt32BE(programs.length, 4)
  let at = header.length
  for (const [index, program] of programs.entries()) {
    header.writeUInt32BE(at, 8 + index * 20 + 8)
    header.writeUInt32BE(program.length, 8 + index * 20 + 12)
    at += program.length
  }
  return Buffer.concat([header, ...programs])
}
