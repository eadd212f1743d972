import { expect, test } from 'vitest'
import { sampleCase, SAMPLE_PROCESS } from '../../../test/support/sample-case.ts'
import { PLAIN } from './paint.ts'
import { textReport } from './text.ts'
import { localTime } from '../../report/time.ts'

const OPTIONS = { width: 80, paint: PLAIN, quiet: false }
const AT = localTime(sampleCase().at)

test('a case reads from the verdict down to the raw line', () => {
  expect(textReport([sampleCase()], [], OPTIONS).replaceAll(AT, 'TIME')).toMatchInlineSnapshot(`
    "Killed by the kernel at its own limit  oom-own-limit, certain
    The kernel killed python3 because container web reached its own limit of 32 MiB
    [e1]

      Subject   docker web
      Image     shop/web:1
      When      TIME
      Reached   its own limit
      Path      /docker/c0ffee
      Limit     32 MiB (33554432 bytes)
      In use    32 MiB (33554432 bytes)
      Victim    python3 (PID 4321), anonymous 29 MiB (30408704 bytes), file 1 MiB
                (1048576 bytes), shared 0 bytes, oom_score_adj 0, badness 937, uid 0
      Trigger   python3 (PID 4321)

    Why it grew
      1. limit-too-low (likely): The limit is below what the program needs to start
         [e2]

    What to do
      - Raise the limit to 64 MiB (container, low risk, can be undone)
        docker:
          docker update --memory 64m --memory-swap 64m web

    Evidence
      [e1] The kernel killed PID 4321 at the limit of /docker/c0ffee
           kmsg, kernel.log:12, TIME
           | Memory cgroup out of memory: Killed process 4321 (python3)
           | oom_reaper: reaped 4321
      [e2] The container exited with 137
           docker, inspect.json:1, at an unknown time

    Ruled out
      oom-host [e1]

    Not known
      - memory.events: the cgroup is gone
    "
  `)
})

test('only the commands of the platform at hand are offered', () => {
  const subject = { platform: 'kubernetes', name: 'shop/web/app', id: null, image: null } as const
  const report = textReport([sampleCase({ subject })], [], OPTIONS)
  expect(report).toContain('    kubernetes:\n      resources:\n        limits:\n')
  expect(report).not.toContain('docker update')
})

test('what is not known is said, never shown as 0', () => {
  const binding = { ...sampleCase().binding, limitBytes: null }
  const report = textReport([sampleCase({ binding, at: null })], [], OPTIONS)
  expect(report).toMatch(/Limit +not known/)
  expect(report).toMatch(/When +at an unknown time/)
})

test('one process with more resident than the limit shares no pages with others of the group', () => {
  const found = sampleCase()
  const binding = { ...found.binding, limitBytes: 32 * 1024 ** 2 }
  const processes = [{ ...SAMPLE_PROCESS, rssBytes: 64 * 1024 ** 2 }]
  const report = textReport([sampleCase({ binding, processes })], [], OPTIONS)
  expect(report.replace(/\s+/g, ' ')).toContain('is resident with 64 MiB, more than the limit')
  expect(report).not.toContain('1 processes')
})

test('a hostile name can neither colour the terminal nor break a line', () => {
  const victims = [{ ...SAMPLE_PROCESS, name: 'a\u001b[2J\nb' }]
  const subject = { ...sampleCase().subject, name: 'web\u001b[31m' }
  const report = textReport([sampleCase({ victims, subject })], [], OPTIONS)
  expect(report).toContain('a\\x1b[2J\\x0ab')
  expect(report).not.toContain('\u001b')
})

test('several cases begin with a table of them', () => {
  const cases = [sampleCase({ id: 'c_1' }), sampleCase({ id: 'c_2' })]
  const [head, first, second] = textReport(cases, [], OPTIONS).split('\n')
  expect(head).toMatch(/^TIME +SUBJECT +VERDICT +VICTIM$/)
  expect(first).toMatch(/docker web +oom-own-limit +python3 \(4321\)$/)
  expect(second).toBe(first)
})

test('of very many cases only the last follows the table, with a hint', () => {
  const cases = Array.from({ length: 11 }, (_, at) => sampleCase({ id: `c_${at}` }))
  const report = textReport(cases, [], OPTIONS)
  expect(report).toContain('Only the last of 11 cases follows')
  expect(report.match(/^Why it grew$/gm)).toHaveLength(1)
})

test('quiet is one line a case', () => {
  const report = textReport([sampleCase(), sampleCase()], [], { ...OPTIONS, quiet: true })
  expect(report.trimEnd().split('\n')).toHaveLength(2)
  expect(report).toMatch(/^oom-own-limit \(certain\) docker web: The kernel killed/)
})

test('no case is said to be no proof, with what could not be read', () => {
  expect(textReport([], ['kernel log: permission denied'], OPTIONS)).toMatchInlineSnapshot(`
    "Nothing to judge
    The evidence shows no kill, no exit and no memory trouble; that is no proof that
    there was none.

    Not known
      - kernel log: permission denied
    "
  `)
})

test('times that stand in a sentence are those of the place, too', () => {
  const unknown = ['kernel log before 2026-05-01T10:20:30.456Z: the ring buffer has wrapped']
  const says = 'It covers 2026-05-01T10:20:30.456Z to now.'
  const evidence = sampleCase().evidence.map((seen) => ({ ...seen, says }))
  const found = sampleCase({ unknown, evidence })
  const report = textReport([found], [], { ...OPTIONS, width: 200 })
  expect(report).toContain(`kernel log before ${AT}: the ring`)
  expect(report).toContain(`It covers ${AT} to now.`)
})
