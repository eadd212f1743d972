import { expect, test } from 'vitest'
import { MIB } from '../../src/model/bytes.ts'
import type { LabMemoryDocument } from '../../src/server/lab-contract.ts'
import { courseInWords } from '../../web/chart/course.ts'
import { courseOf, withMemory } from '../../web/labs/lab-course.ts'
import type { LabCourses } from '../../web/labs/lab-course.ts'

const START = Date.UTC(2026, 10, 22)

function told(
  since: number,
  points: readonly [number, number][],
  kills: readonly number[] = [],
): LabMemoryDocument {
  return {
    workload: 'server',
    since: START + since,
    points: points.map(([at, mib]) => ({
      at: START + at,
      usageBytes: mib * MIB,
      limitBytes: 96 * MIB,
    })),
    marks: kills.map((at) => ({
      at: START + at,
      bytes: 96 * MIB,
      kind: 'kill' as const,
      says: 'killed',
    })),
  }
}

function taken(...all: readonly LabMemoryDocument[]): LabMemoryDocument | undefined {
  const none: LabCourses = new Map()
  return all.reduce(withMemory, none).get('server')
}

test('what is told again after the connection was lost counts once', () => {
  const first = told(0, [[0, 1]])
  const second = told(0, [[500, 90]], [500])
  const all = told(
    0,
    [
      [0, 1],
      [500, 90],
      [1_000, 2],
    ],
    [500],
  )
  expect(taken(first, second, all)).toEqual(all)
})

test('a lab that was begun anew has a new course', () => {
  const anew = told(60_000, [[60_000, 5]])
  expect(taken(told(0, [[0, 1]], [0]), anew)).toEqual(anew)
})

test('kills that it outlives are told apart from the one that ends it', () => {
  const words = (memory: LabMemoryDocument): string => courseInWords(courseOf(memory))
  const lives: [number, number][] = [
    [0, 1],
    [3_000, 90],
    [6_000, 2],
  ]
  expect(words(told(0, lives))).toBe(
    'It rose from 1 MiB to 2 MiB in 6 seconds, with 90 MiB at most, under a limit of 96 MiB.',
  )
  expect(words(told(0, lives, [3_000]))).toMatch(/96 MiB, with a kill meanwhile\.$/)
  expect(words(told(0, lives, [3_000, 5_000]))).toMatch(/with kills at 2 moments\.$/)
  expect(words(told(0, lives, [6_000]))).toMatch(/and then it was killed\.$/)
})
