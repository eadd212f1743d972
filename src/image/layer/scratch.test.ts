import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { noise } from '../../../test/support/image-files.ts'
import type { KeptFile } from '../../sbom/cataloger.ts'
import { createScratch } from './scratch.ts'
import type { ScratchRoom } from './scratch.ts'

let folder = ''
let scratch: ScratchRoom
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stella-test-scratch-'))
  scratch = createScratch({ folder, memoryBytes: 1_000, diskBytes: 10_000 })
})
afterEach(() => {
  scratch.close()
  rmSync(folder, { recursive: true, force: true })
})

const keep = (bytes: Buffer, maxBytes = 100_000): Promise<KeptFile | null> =>
  scratch.keep('a', [bytes.subarray(0, 400), bytes.subarray(400)], maxBytes)
const content = (file: KeptFile | null): Buffer | null =>
  file === null ? null : Buffer.from(file.read(0, file.size))

test('small and large files are read at any place', async () => {
  for (const length of [0, 1, 400, 999, 1_000, 1_001, 9_000]) {
    const bytes = noise(length, 3)
    const file = await keep(bytes)
    expect(content(file)).toEqual(bytes)
    expect(Buffer.from(file?.read(200, 100) ?? [])).toEqual(bytes.subarray(200, 300))
    expect(file?.read(length, 10)).toHaveLength(0)
    expect(file?.read(length + 5, 10)).toHaveLength(0)
    file?.release()
  }
})

test('files of one time do not touch each other', async () => {
  const bytes = [noise(500, 1), noise(500, 2), noise(3_000, 3), noise(0, 4)]
  const files = await Promise.all(bytes.map((one) => keep(one)))
  expect(files.map(content)).toEqual(bytes)
  files[0]?.release()
  const next = await keep(noise(700, 5))
  files[0]?.release()
  await keep(noise(800, 6))
  expect(content(next)).toEqual(noise(700, 5))
})

test('what was given back twice is not that of another', async () => {
  const first = await keep(noise(2_000, 1))
  first?.release()
  const second = await keep(noise(2_000, 2))
  first?.release()
  expect(content(second)).toEqual(noise(2_000, 2))
  second?.release()
  // All of the room is there again, and not more than all.
  expect(content(await keep(noise(9_999, 4)))).toEqual(noise(9_999, 4))
  expect(await keep(noise(900, 5))).not.toBeNull()
  expect(await keep(noise(1_500, 6))).toBeNull()
})

test('more than is asked for, or than there is room for, is not kept', async () => {
  expect(await keep(noise(901, 1), 900)).toBeNull()
  expect(await keep(noise(5_001, 1), 5_000)).toBeNull()
  expect(await keep(noise(10_001, 1))).toBeNull()
  expect(content(await keep(noise(10_000, 1)))).toEqual(noise(10_000, 1))
})

test('a file that was not filled to its end gives its room back', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield noise(9_000, 1)
    throw new Error('it broke off')
  }
  await expect(scratch.keep('a', broken(), 100_000)).rejects.toThrow('it broke off')
  const filling = scratch.begin('a', 100_000)
  filling.write(noise(9_000, 1))
  filling.abandon()
  filling.abandon()
  expect(filling.write(noise(1, 1))).toBe(false)
  expect(filling.end()).toBeNull()
  expect(content(await keep(noise(10_000, 2)))).toEqual(noise(10_000, 2))
})

test('a disk that takes nothing is one without room', async () => {
  scratch = createScratch({ folder: join(folder, 'missing'), memoryBytes: 1_000 })
  expect(content(await keep(noise(1_000, 1)))).toEqual(noise(1_000, 1))
  expect(await keep(noise(1_001, 1))).toBeNull()
  expect(await keep(noise(0, 1))).toBeNull()
  expect(readdirSync(folder)).toEqual([])
})

test('nothing stays on disk, and what is given back afterwards harms nobody', async () => {
  const file = await keep(noise(5_000, 1))
  expect(readdirSync(folder, { recursive: true })).toHaveLength(1)
  scratch.close()
  expect(readdirSync(folder)).toEqual([])
  file?.release()
})
