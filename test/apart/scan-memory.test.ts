/** The program as it is shipped, in a memory cgroup that would end it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { TestGroup } from '../support/cgroups.ts'
import { manyFiles, manyRecords, tarEntry, writeLayout } from '../support/hostile-layers.ts'
import { noise } from '../support/image-files.ts'
import { requireParts } from '../support/parts.ts'

const PROGRAM = fileURLToPath(new URL('../../bin/stella.js', import.meta.url))
const IS_BUILT = existsSync(new URL('../../dist/cli.js', import.meta.url))
const LIMIT_BYTES = 160 * MIB
const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-memory-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
if (!IS_BUILT) console.warn('skipped: needs npm run build')

describe.skipIf(!IS_BUILT || requireParts('root', 'cgroup-v1'))('a scan in 160 MiB', () => {
  let group: TestGroup
  beforeEach(() => (group = createGroup('scan', LIMIT_BYTES)))
  afterEach(() => group.remove())

  /** Its exit code, and the highest memory that it had of its own. */
  async function scan(layout: string): Promise<{ code: number | null; peakBytes: number }> {
    const output = join(FOLDER, 'sbom.json')
    const args = ['scan', 'image', layout, '--output', output, '--data', join(FOLDER, 'data')]
    const started = group.start([process.execPath, PROGRAM, ...args, '--quiet'])
    let peakBytes = 0
    const timer = setInterval(() => {
      peakBytes = Math.max(peakBytes, highWater(started.pid))
    }, 20)
    try {
      const { code } = await started.ended
      return { code, peakBytes }
    } finally {
      clearInterval(timer)
    }
  }

  const text = (name: string): string => JSON.stringify({ name, version: '1.0.0' })
  const paragraph = (at: number): string =>
    `Package: package-${at}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.${at}\nDescription: ${'x'.repeat(200)}\n\n`
  const database = Array.from({ length: 1_000 }, (_, at) =>
    Buffer.from(Array.from({ length: 300 }, (_unused, of) => paragraph(at * 300 + of)).join('')),
  )
  const repeated = function* (piece: Buffer, times: number): Generator<Buffer> {
    for (let at = 0; at < times; at++) yield piece
  }
  const sizeOf = (pieces: readonly Buffer[]): number =>
    pieces.reduce((total, { length }) => total + length, 0)

  test.each([
    [
      'a folder of a million files',
      'gzip',
      () => manyFiles(1_000_000, (at) => ({ path: `var/many/file-${at}`, text: '' })),
    ],
    [
      '60,000 packages in folders of their own',
      'gzip',
      () =>
        manyFiles(60_000, (at) => ({
          path: `app/${at % 300}/${at}/package.json`,
          text: text(`p${at}`),
        })),
    ],
    [
      'a database of 300,000 packages',
      'gzip',
      () => tarEntry('var/lib/dpkg/status', database, sizeOf(database)),
    ],
    ['ten million records before one file', 'gzip', () => manyRecords(250, 40_000)],
    [
      'two gigabytes of zeros',
      'gzip',
      () => tarEntry('zeros', repeated(Buffer.alloc(MIB), 2_048), 2_048 * MIB),
    ],
    [
      'zstd with a window of 128 MiB',
      'wide zstd',
      () => tarEntry('noise', repeated(noise(MIB, 3), 300), 300 * MIB),
    ],
  ] as const)('%s', { timeout: 300_000 }, async (name, packing, tar) => {
    const layout = await writeLayout(join(FOLDER, name.replaceAll(' ', '-')), tar(), packing)
    const { code, peakBytes } = await scan(layout)
    console.log(`${name}: exit ${code}, ${Math.round(peakBytes / MIB)} MiB`)
    expect([0, 2]).toContain(code)
    expect(peakBytes).toBeLessThan(128 * MIB)
  })
})

/** VmHWM; 0 once it has ended. proc(5) */
function highWater(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
  } catch {
    return 0
  }
}
