/** Files of packages as they arrive from the world: cut, overwritten, with parts in other places. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Cataloger, Found } from '../../src/sbom/cataloger.ts'
import { catalogFile } from './cataloged.ts'

type Damage = { at: number; length: number; from: number; bytes: Uint8Array }

/** Any of the seeds with damages, or anything at all. */
function damagedBytes(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const damage = fc.record({
    at: fc.nat(),
    length: fc.integer({ min: 0, max: 64 }),
    from: fc.nat(),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  })
  const damaged = fc
    .tuple(fc.constantFrom(...seeds), fc.array(damage, { maxLength: 6 }), fc.option(fc.nat()))
    .map(([seed, damages, end]) => {
      const bytes = Uint8Array.from(seed)
      for (const one of damages) spoil(bytes, one)
      return end === null || bytes.length === 0 ? bytes : bytes.slice(0, end % bytes.length)
    })
  return fc.oneof(
    { weight: 4, arbitrary: damaged },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  )
}

function spoil(bytes: Uint8Array, { at, length, from, bytes: junk }: Damage): void {
  if (bytes.length === 0) return
  const to = at % bytes.length
  // Half of them near the beginning, where formats say what follows.
  const place = at % 2 === 0 ? to : to % Math.min(bytes.length, 512)
  if (length % 2 === 0) bytes.set(junk.subarray(0, bytes.length - place), place)
  else bytes.copyWithin(place, from % bytes.length, (from % bytes.length) + length)
}

/**
 * Damaged files are read to their end, whatever stands in them and wherever their chunks end; nothing that is found is larger
 * than what a name, a version or a licence may be, and there is no more of it than the bytes can tell.
 */
export async function expectToSurvive(
  cataloger: Cataloger,
  path: string,
  seeds: readonly Uint8Array[],
  runs = 300,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      damagedBytes(seeds),
      fc.integer({ min: 1, max: 9000 }),
      async (bytes, chunk) => {
        const found = await catalogFile(cataloger, path, bytes, chunk)
        expect(found.length).toBeLessThanOrEqual(bytes.length + 1)
        for (const one of found) expect(JSON.stringify(one).length).toBeLessThan(64 * 1024)
        expectSound(found)
      },
    ),
    { numRuns: runs },
  )
}

function expectSound(found: readonly Found[]): void {
  for (const one of found) {
    if (one.kind === 'problem') expect(one.says).toMatch(/^\S.*[^.\s]$/)
    if (one.kind === 'package') expect(one.package.name).toMatch(/^\S+$/)
  }
}
