/** Files and folders of one test file, for images in them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { descriptorOf, layoutOf, MANIFEST, sampleImage } from './image-files.ts'
import type { Files } from './image-files.ts'
import { inPieces, open, written } from './opened.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'stella-test-archives-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

let count = 0
export function file(bytes: Uint8Array): string {
  const path = join(FOLDER, `archive-${(count += 1)}`)
  writeFileSync(path, bytes)
  return path
}

export function folder(files: Files): string {
  return written(join(FOLDER, `folder-${(count += 1)}`), files)
}

export const SAMPLE = sampleImage()
export const ENTRY = descriptorOf(SAMPLE.manifest, MANIFEST, {
  annotations: { 'org.opencontainers.image.ref.name': '1' },
})
export const LAYOUT = layoutOf([SAMPLE], [ENTRY])

export function fromPipe(bytes: Uint8Array, pieceBytes = 700): ReturnType<typeof open> {
  return open('-', { stdin: () => inPieces(bytes, pieceBytes) })
}
