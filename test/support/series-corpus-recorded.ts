import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { REPO } from '../../scripts/lib/repo.ts'
import { NO_SAMPLE } from '../../src/model/series.ts'
import type { Recording, Sample, Series } from '../../src/model/series.ts'

const COLUMNS = [
  'usageBytes',
  'workingSetBytes',
  'unreclaimableBytes',
  'anonBytes',
  'fileBytes',
  'shmemBytes',
  'kernelBytes',
  'socketBytes',
  'swapBytes',
  'limitBytes',
  'peakBytes',
  'limitHits',
  'oomKills',
  'processes',
  'load',
] as const

const nullable = z.nullable(z.number())
const series = z.object({
  subject: z.enum(['group', 'process']),
  name: z.nullable(z.string()),
  process: z.nullable(z.object({ pid: z.number(), startedAt: z.number() })),
  marks: z.array(
    z.object({ at: z.number(), kind: z.enum(['start', 'kill', 'change']), says: z.string() }),
  ),
  rows: z.array(z.array(nullable)),
})
const region = z.object({
  name: z.string(),
  rssBytes: z.number(),
  anonBytes: z.number(),
  swapBytes: z.number(),
  mappings: z.number(),
})
const recording = z.object({
  source: z.string(),
  group: series,
  processes: z.array(series),
  regions: z.array(
    z.object({
      at: z.number(),
      pid: z.number(),
      startedAt: z.number(),
      regions: z.array(region),
    }),
  ),
})

/** A recording as a fixture keeps it: one row for each sample, the time first, then the columns. */
export function packed({ source, group, processes, regions }: Recording): string {
  const kept = {
    source,
    columns: ['at', ...COLUMNS],
    group: packedSeries(group),
    processes: processes.map(packedSeries),
    regions,
  }
  return `${JSON.stringify(kept).replaceAll(/(?=\[\d{13})|(?="(?:group|processes|regions)":)/g, '\n')}\n`
}

function packedSeries({ samples, ...rest }: Series): z.infer<typeof series> {
  const rows = samples.map((sample) => [sample.at, ...COLUMNS.map((column) => sample[column])])
  return { ...rest, marks: [...rest.marks], rows }
}

/** A recording of the real thing, from fixtures/series; `node scripts/record/series.ts` records them. */
export function recordedSeries(name: string): Recording {
  const kept = recording.parse(
    JSON.parse(readFileSync(join(REPO, `fixtures/series/${name}.json`), 'utf8')),
  )
  return {
    subject: null,
    source: kept.source,
    group: unpackedSeries(kept.group),
    processes: kept.processes.map(unpackedSeries),
    regions: kept.regions,
    unknown: [],
  }
}

function unpackedSeries({ rows, ...rest }: z.infer<typeof series>): Series {
  const samples = rows.map(([at, ...values]): Sample => {
    const sample: Sample = { ...NO_SAMPLE, at: at ?? 0 }
    for (const [index, column] of COLUMNS.entries()) sample[column] = values[index] ?? null
    return sample
  })
  return { ...rest, samples }
}
