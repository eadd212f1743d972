import { expect, it } from 'vitest'
import { sampleFix } from '../../../test/support/sample-fix.ts'
import { parseFixRecord } from './schema.ts'

it('a record is read back as it was written', () => {
  expect(parseFixRecord(JSON.stringify(sampleFix()))).toEqual(sampleFix())
})

it.each(['limitBytes', 'requestBytes'])('no fix sets a %s below nothing', (key) => {
  const record = sampleFix()
  const broken = { ...record, change: { ...record.change, [key]: -1 } }
  expect(parseFixRecord(JSON.stringify(broken))).toBeNull()
})
