import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { complaintOf, inPieces, together } from '../../../test/support/opened.ts'
import { sha256Of, verifiedBytes } from './digest.ts'

test('right bytes pass unchanged, however they come, and others do not pass', async () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 5000 })
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 999 }), fc.nat(), async (sent, size, at) => {
      const expected = { digest: sha256Of(sent), sizeBytes: sent.length, what: 'layer 1' }
      const passed = await together(verifiedBytes(inPieces(sent, size), expected))
      expect(passed.equals(sent)).toBe(true)
      const other = Uint8Array.from(sent)
      other[at % other.length] = (other[at % other.length] ?? 0) ^ 1
      const wrong = together(verifiedBytes(inPieces(other, size), expected))
      expect(await complaintOf(wrong)).toBe(
        `2 stella: layer 1: its digest is not ${expected.digest}; it was damaged or changed: get the image again`,
      )
    }),
  )
})

test('sha512 is a digest, too', async () => {
  const bytes = Buffer.from('hello')
  const digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`
  const passed = verifiedBytes(inPieces(bytes, 2), { digest, sizeBytes: null, what: 'layer 1' })
  expect((await together(passed)).toString()).toBe('hello')
})
