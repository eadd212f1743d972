import { expect, test } from 'vitest'
import { MIB } from '../model/bytes.ts'
import { courseStep, lengthened } from './seen-course.ts'
import { NOT_THERE } from './view.ts'
import type { Seen } from './view.ts'

const MAIN = {
  pid: 7,
  startTicks: 70,
  name: 'processor',
  argv: [],
  anonBytes: MIB,
  oomScoreAdj: 1_000,
  isStopped: false,
}

function runs(change: Partial<Seen> = {}): Seen {
  const figures = { usageBytes: 8 * MIB, peakBytes: 32 * MIB, limitBytes: 32 * MIB, kills: 0 }
  return { ...NOT_THERE, status: 'running', main: MAIN, ...figures, ...change }
}

const ended = runs({ status: 'ended', main: null, exitCode: 137, usageBytes: 0 })
const says = (before: Seen | null, after: Seen): readonly string[] =>
  courseStep(before, after, 1).marks.map((mark) => mark.says)

test('what had happened before anybody looked has no time, and is no mark', () => {
  expect(courseStep(null, runs({ kills: 12 }), 1)).toEqual({
    points: [{ at: 1, usageBytes: 8 * MIB, limitBytes: 32 * MIB }],
    marks: [],
  })
})

test('the counter of the kernel says what a kill was, and not the exit code', () => {
  expect(says(NOT_THERE, runs())).toEqual(['started'])
  expect(says(runs(), { ...ended, kills: 1 })).toEqual(['killed'])
  expect(says(runs(), ended)).toEqual(['ended with 137'])
  // A container that has ended has no group any more.
  expect(says(runs(), { ...ended, kills: null })).toEqual(['ended with 137'])
  expect(courseStep(runs(), { ...ended, kills: 1 }, 1).marks).toEqual([
    { at: 1, bytes: 32 * MIB, kind: 'kill', says: 'killed' },
  ])
})

test('a child that is killed again and again is counted, and its server is no other one', () => {
  expect(says(runs({ kills: 3 }), runs({ kills: 5 }))).toEqual(['killed 2 times'])
  expect(says(runs({ kills: 3 }), runs({ kills: 3 }))).toEqual([])
})

test('who is started again in a new group, which counts anew', () => {
  const anew = { ...MAIN, startTicks: 99 }
  expect(says({ ...ended, kills: 5 }, runs({ main: anew, kills: 0 }))).toEqual(['started'])
  expect(says({ ...ended, kills: 5 }, runs({ main: anew, kills: 1 }))).toEqual([
    'killed',
    'started',
  ])
})

test('what does not run uses nothing, and what is not known is no point', () => {
  const gone = { ...ended, usageBytes: null }
  expect(courseStep(runs(), gone, 1).points).toMatchObject([{ usageBytes: 0 }])
  expect(courseStep(runs(), runs({ usageBytes: null }), 1).points).toEqual([])
})

test('a lab that is open for hours stays small, and its marks go with its points', () => {
  let course = courseStep(NOT_THERE, runs({ kills: 1 }), 0)
  for (let at = 1; at <= 3_000; at++) course = lengthened(course, courseStep(runs(), runs(), at))
  expect(course.points.length).toBeLessThanOrEqual(1_200)
  expect(course.points.at(-1)?.at).toBe(3_000)
  expect(course.marks).toEqual([])
})
