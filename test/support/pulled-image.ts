/** An image in a registry of the tests' own, which may misbehave. */
import { expect } from 'vitest'
import { type Asked, fakeRegistry, IMPATIENT, isBlob, type Mischief } from './fake-registry.ts'
import { sampleImage } from './image-files.ts'
import { complaintOf, open, readAll } from './opened.ts'

/** Large enough that a part of it can arrive. */
export const IMAGE = sampleImage({ layerBytes: [200_000, 700] })
export const isFirst = isBlob(IMAGE, 0)
export const FIRST = IMAGE.blobs[0] ?? Buffer.alloc(0)

export async function pulled(
  mischief: Mischief,
  env: Record<string, string> = {},
): Promise<Asked[]> {
  await using registry = await fakeRegistry(IMAGE, mischief)
  const opened = await open(`${registry.host}/team/app:1`, { env, patience: IMPATIENT })
  const { image, blobs } = await readAll(opened)
  expect(blobs).toEqual(IMAGE.blobs)
  expect(image.digest).toBe(IMAGE.manifestDigest)
  return registry.calls
}

export async function complaint(
  mischief: Mischief,
  env: Record<string, string> = {},
): Promise<string> {
  return complaintOf(pulled(mischief, env))
}
