import { expect, test } from 'vitest'
import { casesOf, expectTruth, MIB } from './truth.ts'
import { TRUTHS } from './truths/index.ts'

// Each folder is evidence that `stella why --from` reads; docs/reference/edge-cases.md tells where it comes from.
test.each(TRUTHS)('edge case $row, $folder: $says', async (truth) => {
  expectTruth(await casesOf(truth), truth)
})

function truthOf(folder: string): (typeof TRUTHS)[number] {
  const truth = TRUTHS.find((one) => one.folder === folder)
  if (truth === undefined) throw new Error(`no truth about ${folder}`)
  return truth
}

test('a storm counts every kill, also those whose header the kernel left out', async () => {
  const [storm] = await casesOf(truthOf('20-kill-storm'))
  const names = storm?.victims.map(({ name }) => name) ?? []
  expect(new Set(names).size).toBe(40)
})

test('memory.oom.group prints its first victim twice; it died once', async () => {
  const [group] = await casesOf(truthOf('19-oom-group'))
  const pids = group?.victims.map(({ pid }) => pid) ?? []
  expect(new Set(pids).size).toBe(pids.length)
})

test('a swapped-out victim is told with its swap', async () => {
  const [found] = await casesOf(truthOf('32-swapped-out-victim'))
  const [victim] = found?.victims ?? []
  expect(victim?.anonRssBytes).toBeLessThan(MIB)
  expect(victim?.swapBytes).toBeGreaterThan(32 * MIB)
})

test('sizes of a task table in 64 KiB pages agree with the kill line', async () => {
  const [found] = await casesOf(truthOf('34-pages-of-64k'))
  const ingest = found?.processes.find(({ name }) => name === 'ingest')
  expect(ingest?.totalVmBytes).toBe(1_245_184 * 1024)
  expect(ingest?.rssBytes).toBe(1_015 * 65_536)
})

test('the trigger of a lowered limit stands outside the group, and is not its victim', async () => {
  const [found] = await casesOf(truthOf('35-limit-lowered-live'))
  expect(found?.trigger?.name).not.toBe('search')
})

test('two restarts on two machines share no evidence', async () => {
  const cases = await casesOf(truthOf('61-two-restarts-not-joined'))
  const files = cases.map(
    ({ evidence }) => new Set(evidence.map(({ from }) => from.replace(/:\d+$/, ''))),
  )
  expect(files.map((set) => set.size)).toEqual([1, 1])
  expect(cases.map(({ subject }) => subject.platform).toSorted()).toEqual(['marathon', 'unknown'])
})

test('a task that Mesos ended is dated by its own line, not by the syslog prefix without a year', async () => {
  const [found] = await casesOf(truthOf('60-marathon-executor-overhead'))
  expect(found?.at).toBe(Date.UTC(2018, 2, 27, 0, 46, 36, 960))
})

test('the kill beside a later stop says when it was', async () => {
  const [found] = await casesOf(truthOf('04-child-killed-then-sigterm'))
  expect(found?.verdict.against.length).toBeGreaterThan(0)
  expect(found?.ruledOut.map(({ code }) => code)).not.toContain('killed-not-memory')
})
