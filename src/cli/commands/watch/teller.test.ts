import { expect, it } from 'vitest'
import { capturedIo } from '../../../../test/support/captured-io.ts'
import { holdDocuments } from '../../../../test/support/documents.ts'
import type { JournalEntry } from '../../../store/cases.ts'
import { teller } from './teller.ts'

const BEGAN: JournalEntry = {
  kind: 'watch',
  at: Date.UTC(2026, 4, 1, 10),
  what: 'started',
  source: null,
  says: 'the watch began',
}

function told(flags: Parameters<typeof teller>[1]): string {
  const said = { code: 0, out: '', err: '' }
  teller(capturedIo(said), flags)(BEGAN)
  return said.out
}

it('tells people in a line, scripts in a line of JSON, and nothing of itself where it shall be quiet', () => {
  expect(told({})).toMatch(/^2026-05-01 \d\d:00:00\.000 \S+ {2}started {2}the watch began\n$/)
  expect(told({ quiet: true })).toBe('')
  const text = told({ json: true })
  holdDocuments(text)
  const lines = text.split('\n')
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    schema: 'stella.watch/1',
    kind: 'watch',
    at: '2026-05-01T10:00:00.000Z',
  })
})
