import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FACTS } from '../../../test/support/arbitrary-facts.ts'
import { damaged } from '../../../test/support/damage.ts'
import { processesOf, recordedServer } from '../../../test/support/servers.ts'
import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Answer } from '../../model/question.ts'
import { inquiriesFor, viewsOf } from './views.ts'

const RECORDINGS = [
  'redis/data',
  'redis/snapshot',
  'postgresql/backends',
  'nginx/four-workers',
  'gunicorn/one-far-above',
  'uwsgi/two-workers',
  'php-fpm/two-pools',
  'apache/prefork',
].map(recordedServer)

const recorded = fc.constantFrom(...RECORDINGS)
const limit = fc.option(fc.nat(2 ** 31 - 1), { nil: null })

/** What a figure that is not known would look like, were it printed; and a size below nothing. */
const MADE_UP = /\b(?:NaN|undefined|Infinity|null)\b|(?:^|[\s(])-\d/

function expectSound(views: readonly RuntimeView[]): void {
  for (const { items, residentBytes, unattributedBytes, findings } of views) {
    const sum = items.reduce((total, { bytes }) => total + (bytes ?? 0), 0)
    if (unattributedBytes !== null) {
      expect(sum + unattributedBytes).toBeCloseTo(residentBytes ?? NaN, 0)
    }
    expect(findings.filter((text) => MADE_UP.test(text))).toEqual([])
  }
}

test('whatever is answered, nobody throws, and sums stay sums', () => {
  fc.assert(
    fc.property(
      recorded,
      limit,
      fc.array(fc.option(damaged(texts()), { nil: null }), { maxLength: 8 }),
      (server, limitBytes, said) => {
        const processes = processesOf(server.processes)
        const answers = server.answers.map(({ pid, id }, at): Answer => {
          const text = said[at % (said.length || 1)] ?? null
          return text === null
            ? { pid, id, ok: false, why: 'it was not read' }
            : { pid, id, ok: true, text, truncated: true }
        })
        expectSound(viewsOf(processes, answers, limitBytes))
      },
    ),
    { numRuns: 300 },
  )
})

test('whatever processes there are, nobody throws', () => {
  const processes = fc.array(
    fc
      .tuple(FACTS['process-state'], recorded, fc.nat(40))
      .map(([facts, server, at]): ProcessState => {
        const all = processesOf(server.processes)
        const like = all[at % all.length]
        return like === undefined
          ? facts
          : {
              ...facts,
              name: like.name,
              command: like.command,
              pid: like.pid,
              parentPid: like.parentPid,
            }
      }),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(processes, limit, recorded, (all, limitBytes, server) => {
      for (const { questions } of inquiriesFor(all)) {
        expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length)
      }
      viewsOf(all, server.answers, limitBytes)
    }),
    { numRuns: 300 },
  )
})

function texts(): string[] {
  return RECORDINGS.flatMap(({ answers }) =>
    answers.flatMap((answer) => (answer.ok ? [answer.text] : [])),
  )
}
