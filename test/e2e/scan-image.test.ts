/** The same packages, however an image is stored and however often it is scanned. */
import { spawn } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { archiveOf, digestOf, json, legacyArchive, noise } from '../support/image-files.ts'
import { layerTar } from '../support/layer-tar.ts'
import type { LayerEntry } from '../support/layered-images.ts'
import { holdDocuments } from '../support/documents.ts'
import { written } from '../support/opened.ts'
import { runStella } from '../support/program.ts'
import { imageOf, layout, PACKINGS, scanned } from '../support/scanned-image.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-scan-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
let count = 0
const place = (name: string): string => join(FOLDER, `${count++}-${name}`)

const Profile = z.looseObject({
  peakRssBytes: z.number(),
  phases: z.array(z.looseObject({ phase: z.string(), peakRssBytes: z.number() })),
})

const npm = (path: string, name: string): LayerEntry => ({
  path: `${path}/package.json`,
  kind: 'file',
  text: JSON.stringify({ name, version: '1.0.0' }),
})
const BASE = layerTar([
  { path: 'etc', kind: 'folder' },
  { path: 'etc/os-release', kind: 'file', text: 'ID=debian\nVERSION_ID=12\n' },
  {
    path: 'var/lib/dpkg/status',
    kind: 'file',
    text: 'Package: base\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.2-3\n\n',
  },
  npm('app/node_modules/kept', 'kept'),
  npm('app/node_modules/gone', 'gone'),
  { path: 'big', kind: 'file', text: noise(300_000, 4).toString('latin1') },
])
const UPPER = layerTar([
  { path: 'app/node_modules/.wh.gone', kind: 'file', text: '' },
  npm('app/node_modules/added', 'added'),
])
const PURLS = [
  'pkg:deb/debian/base@1.2-3?arch=amd64&distro=debian-12',
  'pkg:npm/added@1.0.0',
  'pkg:npm/kept@1.0.0',
]

describe('the same packages', () => {
  test.each(Object.entries(PACKINGS))('of layers in %s', async (_name, packing) => {
    const image = imageOf([BASE, UPPER], packing)
    const folder = written(place('layout'), layout(image))
    const archive = archiveOf(layout(image))
    const path = place('oci.tar')
    writeFileSync(path, archive)
    writeFileSync(`${path}.gz`, gzipSync(archive))
    writeFileSync(`${path}.zst`, zstdCompressSync(archive))
    for (const text of [
      `oci:${folder}`,
      folder,
      path,
      `oci-archive:${path}`,
      `${path}.gz`,
      `${path}.zst`,
    ]) {
      expect([text, (await scanned(text)).purls]).toEqual([text, PURLS])
    }
    expect((await scanned('-', null, archive)).purls).toEqual(PURLS)
    expect((await scanned('-', null, gzipSync(archive))).purls).toEqual(PURLS)
  })

  test('of archives of Docker, old and new', async () => {
    const image = imageOf([BASE, UPPER], PACKINGS.plain)
    const old = legacyArchive(image)
    const layers = image.tars.map((tar) => `blobs/sha256/${digestOf(tar).slice(7)}`)
    const config = `blobs/sha256/${digestOf(image.config).slice(7)}`
    const docker = json([{ Config: config, RepoTags: ['sample:1'], Layers: layers }])
    const recent = archiveOf(new Map([...layout(image), ['manifest.json', docker]]))
    for (const archive of [old, recent]) {
      const path = place('docker.tar')
      writeFileSync(path, archive)
      writeFileSync(`${path}.gz`, gzipSync(archive))
      for (const text of [path, `docker-archive:${path}`, `${path}.gz`]) {
        expect([text, (await scanned(text)).purls]).toEqual([text, PURLS])
      }
      expect((await scanned('-', null, archive)).purls).toEqual(PURLS)
    }
  })
})

describe('what is known of layers', () => {
  test.each(Object.entries(PACKINGS))('is not read again: %s', async (_name, packing) => {
    const cache = place('cache')
    const folder = written(place('layout'), layout(imageOf([BASE, UPPER], packing)))
    const first = await scanned(folder, cache)
    expect(first).toMatchObject({ purls: PURLS, hits: 0, misses: 2 })
    const second = await scanned(folder, cache)
    expect(second).toEqual({ ...first, hits: 2, misses: 0 })
    expect(await scanned(folder)).toEqual(first)
  })

  test('serves another image on the same base, in the same bytes as from nothing', async () => {
    const cache = place('cache')
    await scanned(written(place('one'), layout(imageOf([BASE, UPPER]))), cache)
    const other = layerTar([npm('srv', 'other')])
    const folder = written(place('two'), layout(imageOf([BASE, other])))
    const incremental = await scanned(folder, cache)
    expect(incremental).toMatchObject({ hits: 1, misses: 1 })
    expect(incremental.document).toBe((await scanned(folder)).document)
    expect(incremental.purls).toContain('pkg:npm/other@1.0.0')
  })

  test('is not believed where half of it was lost', async () => {
    const cache = place('cache')
    const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))
    const { document } = await scanned(folder, cache)
    for (const name of readdirSync(cache)) {
      const path = join(cache, name)
      for (const size of [0, 1, 200, readFileSync(path).length - 1]) {
        truncateSync(path, Math.min(size, readFileSync(path).length))
        expect((await scanned(folder, cache)).document).toBe(document)
      }
    }
  })

  test('is known from an archive on standard input, too', async () => {
    const cache = place('cache')
    const image = imageOf([BASE, UPPER])
    await scanned('-', cache, archiveOf(layout(image)))
    const folder = written(place('layout'), layout(image))
    expect(await scanned(folder, cache)).toMatchObject({ purls: PURLS, hits: 2, misses: 0 })
  })

  test('is never taken from a layer that only claims to be another', async () => {
    const cache = place('cache')
    const image = imageOf([BASE, UPPER], PACKINGS.plain)
    const forged = layerTar([npm('evil', 'evil')])
    // An old archive of Docker: its layers have no digest in their name, and are walked by seeking.
    const path = place('forged.tar')
    writeFileSync(path, legacyArchive({ ...image, tars: [forged, UPPER] }))
    await scanned(path, cache)
    const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))
    expect((await scanned(folder, cache)).purls).toEqual(PURLS)
  })

  test('two scans at once share a folder', async () => {
    const cache = place('cache')
    const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))
    const scans = await Promise.all([0, 1, 2, 3].map(() => scanned(folder, cache)))
    expect(new Set(scans.map(({ document }) => document)).size).toBe(1)
    expect(readdirSync(cache).filter((name) => name.endsWith('.part'))).toEqual([])
    expect(await scanned(folder, cache)).toMatchObject({ hits: 2, misses: 0 })
  })

  test('--retry reads all again', async () => {
    const data = place('data')
    const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))
    const args = ['scan', 'image', folder, '--data', data, '--json', '--quiet']
    const first = await runStella(args)
    expect([first.code, first.err]).toEqual([0, ''])
    for (const name of readdirSync(join(data, 'layers'))) {
      writeFileSync(
        join(data, 'layers', name),
        '{"kind":"summary","summary":{"entries":0,"files":0,"fileBytes":0}}\n',
      )
    }
    expect((await runStella(args)).out).not.toBe(first.out)
    expect((await runStella([...args, '--retry'])).out).toBe(first.out)
  })
})

describe('a layer that is damaged', () => {
  const image = imageOf([BASE, UPPER])
  const [below = Buffer.alloc(0), above = Buffer.alloc(0)] = image.blobs
  const name = `blobs/sha256/${digestOf(above).slice(7)}`
  const damaged = new Map([...layout(image), [name, Buffer.from(above).fill(0xff, 60, 90)]])

  test.each<[string, () => [string, Buffer | null]]>([
    ['in a folder', () => [written(place('damaged'), damaged), null]],
    ['in an archive that passes by', () => ['-', archiveOf(damaged)]],
  ])('is left out where that is wanted, and told: %s', async (_, make) => {
    const [text, stdin] = make()
    const cache = place('cache')
    const { purls, problems } = await scanned(text, cache, stdin, true)
    expect(purls).toEqual([PURLS[0], 'pkg:npm/gone@1.0.0', PURLS[2]])
    expect(problems).toEqual([expect.stringMatching(/^null: the layer is left out: it /)])
    // Nothing of it is known of another image.
    expect(await scanned(written(place('whole'), layout(image)), cache)).toMatchObject({
      purls: PURLS,
      problems: [],
    })
    await expect(scanned(text, null, stdin)).rejects.toThrow(/it /)
  })

  test('is no image where there is no other', async () => {
    const only = imageOf([BASE])
    const files = new Map([
      ...layout(only),
      [`blobs/sha256/${digestOf(below).slice(7)}`, Buffer.from(below).fill(0xff, 60, 90)],
    ])
    await expect(scanned(written(place('only'), files), null, null, true)).rejects.toThrow(/it /)
  })

  test('does not keep its packages from those who ask for them', async () => {
    const folder = written(place('asked'), damaged)
    const args = ['--image', folder, '--data', place('data')]
    const strict = await runStella(['sbom', 'generate', ...args])
    expect([strict.code, strict.out]).toEqual([2, ''])
    const scan = await runStella(['scan', 'image', ...args, '--sbom-fallback', '--json'])
    expect(scan.code).toBe(0)
    expect(JSON.parse(scan.out).compositions).toMatchObject([{ aggregate: 'incomplete' }])
    const analysis = await runStella(['sbom', 'analyze', ...args, '--verbose', '--json'])
    expect(analysis.code).toBe(1)
    expect(JSON.parse(analysis.out)).toMatchObject({
      schema: 'stella.sbom-analysis/1',
      packages: 3,
      withoutLicence: 3,
      catalogers: [
        { id: 'npm-installed', packages: 2, withoutVersion: 0 },
        { id: 'dpkg-status', packages: 1 },
      ],
      problems: [{ says: expect.stringContaining('the layer is left out') }],
    })
    expect(analysis.err).toMatch(/stella: +\d+\.\d s {2}layer \d of 2, .*: read\n/)
  })
})

test('a scan tells of its phases and layers, where that is asked for', async () => {
  const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))
  const args = ['scan', 'image', '--image', folder, '--data', place('d'), '--output', place('o')]
  const first = await runStella([...args, '--profile', '--verbose', '--timeout', '30m'])
  expect(first.code).toBe(0)
  expect(first.err).toMatch(/ s {2}read layers\n.* s {2}layer 1 of 2, \S+ KiB: read\n/)
  expect(first.err).toMatch(/^read layers +\d+\.\d s +\S+ MiB/m)
  expect((await runStella([...args, '--verbose'])).err).toContain('layer 1 of 2')
  expect((await runStella([...args, '--verbose'])).err).toContain(': known\n')
})

test('the memory of a scan lies beside its document, phase by phase', async () => {
  const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))
  const output = place('o')
  const { code } = await runStella(
    ['scan', 'image', folder, '--data', place('d'), '--output', output].concat('--profile-memory'),
  )
  expect(code).toBe(0)
  const profile = readFileSync(`${output}.memory.json`, 'utf8')
  holdDocuments(profile)
  const { phases, peakRssBytes } = Profile.parse(JSON.parse(profile))
  expect(phases.map(({ phase }) => phase)).toContain('read layers')
  expect(Math.max(...phases.map((one) => one.peakRssBytes))).toBe(peakRssBytes)
})

describe('a document that is written to a file', () => {
  const folder = written(place('layout'), layout(imageOf([BASE, UPPER])))

  test('is whole', async () => {
    const output = place('whole.json')
    const { code } = await runStella([
      'scan',
      'image',
      folder,
      '--output',
      output,
      '--data',
      place('d'),
    ])
    expect(code).toBe(0)
    expect(existsSync(output)).toBe(true)
  })

  test('is not there where a layer is damaged', async () => {
    const image = imageOf([BASE, UPPER])
    const broken = written(place('broken'), layout(image))
    const [blob = Buffer.alloc(0)] = image.blobs
    const damaged = Buffer.from(blob).fill(0xff, blob.length - 5_000, blob.length - 4_000)
    writeFileSync(join(broken, 'blobs/sha256', digestOf(blob).slice(7)), damaged)
    const output = place('broken.json')
    const ran = await runStella(['scan', 'image', broken, '--output', output, '--data', place('d')])
    expect([ran.code, existsSync(output)]).toEqual([2, false])
    expect(ran.err).toMatch(/layer 1/)
  })

  test('is not there where the scan was killed', async () => {
    const output = place('killed.json')
    const args = ['scan', 'image', '-', '--output', output, '--data', place('d')]
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.stdin.on('error', () => {})
    const archive = archiveOf(layout(imageOf([BASE, UPPER])))
    child.stdin.write(archive.subarray(0, archive.length - 2_000))
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(existsSync(output)).toBe(false)
  })
})

/** As pnpm does where its store comes first in the layer. */
describe('packages that are linked from a store', () => {
  const STORE = layerTar([
    { ...npm('', 'linked'), path: 'root/store/files/ab/cdef' },
    { ...npm('', 'nobody'), path: 'root/store/files/ab/0123' },
    {
      path: 'usr/src/app/node_modules/linked/package.json',
      kind: 'hard-link',
      target: 'root/store/files/ab/cdef',
    },
    {
      path: 'usr/src/app/node_modules/.pnpm/linked@1/node_modules/linked/package.json',
      kind: 'hard-link',
      target: 'root/store/files/ab/cdef',
    },
  ])

  test.each(Object.entries(PACKINGS))(
    'are found where they are linked to, in %s',
    async (_name, packing) => {
      const folder = written(place('linked'), layout(imageOf([STORE], packing)))
      const { purls, document, problems } = await scanned(`oci:${folder}`)
      expect(purls).toEqual(['pkg:npm/linked@1.0.0'])
      expect(document).toContain('usr/src/app/node_modules/linked/package.json')
      expect(document).toContain(
        'usr/src/app/node_modules/.pnpm/linked@1/node_modules/linked/package.json',
      )
      expect(document).not.toContain('root/store')
      expect(problems).toEqual([])
    },
  )

  test('are told to be missed where the image passes by once', async () => {
    const archive = archiveOf(layout(imageOf([STORE])))
    const { purls, problems } = await scanned('-', null, archive)
    expect(purls).toEqual([])
    expect(problems).toEqual([expect.stringMatching(/second name .* give the image as a file/)])
  })
})
