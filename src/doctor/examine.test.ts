import { expect, it } from 'vitest'
import { testView } from '../../test/support/scanner-view.ts'
import { hostReader } from '../sources/reader.ts'
import { unreachableError } from '../model/errors.ts'
import type { Check, Judgement, MachineCheck } from './check.ts'
import { CHECKS } from './checks/index.ts'
import { examine } from './examine.ts'
import type { Patient } from './examine.ts'

const MACHINE = {
  ...{ reader: hostReader(), userId: 0, dataFolder: '/nowhere' },
  ...{ lastAlert: null, prometheus: null },
}
const FINE: Judgement = { kind: 'judged', says: 'fine', evidence: {}, problems: [] }
const SCANNER = CHECKS.filter(({ of }) => of === 'scanner')

function patient(scanner: Patient['scanner'] = async () => testView()): Patient {
  return { machine: MACHINE, scanner }
}

function check(id: string, look: MachineCheck['look']): Check {
  const words = { title: id, severity: 'low', runbook: 'README.md', warns: '', fails: '' } as const
  return { of: 'machine', id, ...words, look }
}

it('asks the scanner once for all its checks, and answers in their order', async () => {
  let asked = 0
  const results = await examine(
    SCANNER,
    patient(async () => {
      asked++
      return testView()
    }),
  )
  expect(asked).toBe(1)
  expect(results.map((result) => result.check)).toEqual(SCANNER)
  expect(results.map(({ status, todo }) => [status, todo])).toEqual(
    SCANNER.map(() => ['pass', null]),
  )
})

it('tells the worst problem first, with what to do about it, and the number of those it leaves out', async () => {
  const problem = (status: 'warn' | 'fail', says: string) => ({
    status,
    says,
    todo: `mend ${says}`,
  })
  const problems = [
    problem('warn', 'a'),
    problem('fail', 'b'),
    problem('fail', 'c'),
    problem('warn', 'd'),
  ]
  const [result] = await examine([check('x', async () => ({ ...FINE, problems }))], patient())
  expect(result).toMatchObject({ status: 'fail', says: 'b; c; a; and 1 more', todo: 'mend b' })
})

it('skips what is not there and what is out of reach, and goes on with the others', async () => {
  const fine = check('fine', async () => FINE)
  const none = await examine(
    [...SCANNER, fine],
    patient(async () => null),
  )
  expect(none.map(({ status }) => status)).toEqual([...SCANNER.map(() => 'skip'), 'pass'])
  expect(none.some(({ isOutOfReach }) => isOutOfReach)).toBe(false)
  const away = await examine(
    [...SCANNER, fine],
    patient(() => Promise.reject(unreachableError('nobody answers', 'http://x', 'start it'))),
  )
  expect(away[0]).toMatchObject({
    status: 'skip',
    says: 'http://x: nobody answers',
    todo: 'start it',
    isOutOfReach: true,
  })
  expect(away.at(-1)?.status).toBe('pass')
})

it('ends a check that takes too long, and tells it to stop', async () => {
  let isStopped = false
  const endless = check('endless', (_machine, signal) => {
    signal.addEventListener('abort', () => (isStopped = true))
    return new Promise(() => undefined)
  })
  const results = await examine([endless, check('fine', async () => FINE)], patient(), {
    parallel: 1,
    timeoutMs: 20,
  })
  expect(results.map(({ status, says }) => [status, says])).toEqual([
    ['skip', 'it took longer than 0.02 s'],
    ['pass', 'fine'],
  ])
  expect(isStopped).toBe(true)
})

it('says that a check itself is at fault', async () => {
  const broken = check('broken', () => Promise.reject(new TypeError('x is undefined')))
  const [result] = await examine([broken], patient())
  expect(result).toMatchObject({
    status: 'fail',
    says: 'the check itself failed: x is undefined',
    fault: expect.any(TypeError),
  })
})

it('carries out a few at a time', async () => {
  let now = 0
  let most = 0
  const slow = (at: number): Check =>
    check(String(at), async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      now--
      return FINE
    })
  await examine([0, 1, 2, 3, 4, 5].map(slow), patient(), { parallel: 2 })
  expect(most).toBe(2)
})
