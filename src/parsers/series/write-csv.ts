import type { Recording, Sample, SeriesMark } from '../../model/series.ts'
import type { Figure } from './csv-columns.ts'

const COLUMNS: readonly (readonly [name: string, figure: Figure])[] = [
  ['bytes', 'usageBytes'],
  ['limit', 'limitBytes'],
  ['working_set', 'workingSetBytes'],
  ['unreclaimable', 'unreclaimableBytes'],
  ['anon', 'anonBytes'],
  ['file', 'fileBytes'],
  ['shmem', 'shmemBytes'],
  ['kernel', 'kernelBytes'],
  ['socket', 'socketBytes'],
  ['swap', 'swapBytes'],
  ['peak', 'peakBytes'],
  ['limit_hits', 'limitHits'],
  ['oom_kills', 'oomKills'],
  ['processes', 'processes'],
  ['load', 'load'],
]

/** A recording as a table that {@link csvFormat} reads back: columns that say nothing are left out, processes too. */
export function* csvLines({ group }: Recording): Generator<string> {
  const columns = COLUMNS.filter(
    ([name, figure]) => name === 'bytes' || group.samples.some((sample) => sample[figure] !== null),
  )
  const hasMarks = group.marks.length > 0
  yield ['time', ...columns.map(([name]) => name), ...(hasMarks ? ['marks'] : [])].join(',')
  let told = 0
  for (const [index, sample] of group.samples.entries()) {
    const upTo =
      index === group.samples.length - 1
        ? group.marks.length
        : group.marks.findIndex(({ at }, mark) => mark >= told && at > sample.at)
    const end = upTo === -1 ? group.marks.length : upTo
    const cells = columns.map(([, figure]) => cell(sample, figure))
    if (hasMarks) cells.push(marksCell(group.marks.slice(told, end)))
    told = Math.max(told, end)
    yield [(sample.at / 1_000).toFixed(3), ...cells].join(',')
  }
}

function cell(sample: Sample, figure: Figure): string {
  const value = sample[figure]
  return value === null ? '' : String(value)
}

function marksCell(marks: readonly SeriesMark[]): string {
  if (marks.length === 0) return ''
  const text = marks.map(({ kind, says }) => `${kind}: ${says.replaceAll(';', ',')}`).join('; ')
  return `"${text.replaceAll('"', '""')}"`
}
