/**
 * How well growth is told apart:
 * `node bench/growth/score.ts [--development] [--usage] [--misses] [--evaluations 24] [FOLDER]`
 * Scores series whose truth is known, with seeds that no rule was written for (`--development`: with the others), beside
 * `predict_linear` and the 80 % rule. `--usage` leaves nothing but usage and limit, `--misses` tells what went wrong, and
 * `--evaluations` how often the detectors look at a series while it grows. FOLDER: further series as CSV
 * (`time,bytes[,limit]`) without a truth; what warns there is shown for each container and day. Exits with 1 where a bar is
 * missed.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readSeries } from '../../src/parsers/series/index.ts'
import { classifyGrowth } from '../../src/sizing/growth/classify.ts'
import {
  DEVELOPMENT_SEEDS,
  SCORE_SEEDS,
  seriesCorpus,
  usageOnly,
} from '../../test/support/series-corpus.ts'
import type { Growth } from '../../src/model/growth.ts'
import type { Recording } from '../../src/model/series.ts'
import { DETECTORS, daysOf, warnings } from './detectors.ts'

const BARS = { shapeRecall: 0.9, endlessRecall: 0.9, endlessPrecision: 0.97 }

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    development: { type: 'boolean' },
    misses: { type: 'boolean' },
    usage: { type: 'boolean' },
    evaluations: { type: 'string', default: '24' },
  },
})
const EVALUATIONS = Number(flags.evaluations)
const corpus = seriesCorpus(flags.development === true ? DEVELOPMENT_SEEDS : SCORE_SEEDS).map(
  (series) =>
    flags.usage === true ? { ...series, recording: usageOnly(series.recording) } : series,
)
const judged = corpus.map((series) => ({
  series,
  growth: classifyGrowth(series.recording, { at: Number.POSITIVE_INFINITY }),
}))

console.log(
  `${corpus.length} series, ${Math.round(sum(corpus.map(({ recording }) => daysOf(recording))))} container-days\n`,
)
console.log('shape                 series  kind right  diagnosis right  answers')
for (const shape of new Set(corpus.map((series) => series.shape))) {
  const of = judged.filter(({ series }) => series.shape === shape)
  const right = of.filter(({ series, growth }) => series.truth.kinds.includes(growth.kind))
  const told = of.filter(({ series, growth }) => series.truth.diagnoses.includes(growth.diagnosis))
  const answers = countBy(of.map(({ growth }) => `${growth.kind}/${growth.diagnosis ?? '-'}`))
  console.log(
    `${shape.padEnd(22)}${String(of.length).padStart(6)}${percent(right.length, of.length).padStart(12)}${percent(told.length, of.length).padStart(17)}  ${answers}`,
  )
}

console.log('\nkind          answered  precision')
for (const kind of new Set(judged.map(({ growth }) => growth.kind))) {
  const of = judged.filter(({ growth }) => growth.kind === kind)
  const right = of.filter(({ series }) => series.truth.kinds.includes(kind))
  console.log(
    `${kind.padEnd(14)}${String(of.length).padStart(8)}${percent(right.length, of.length).padStart(11)}`,
  )
}

const endless = judged.filter(({ series }) => series.truth.endless)
const called = judged.filter(({ growth }) => callsEndless(growth))
const rightly = called.filter(({ series }) => series.truth.endless)
console.log(
  `\ngrowth without end: precision ${percent(rightly.length, called.length)}, recall ${percent(rightly.length, endless.length)}`,
)

console.log('\nwarnings while it runs (three answers in a row)')
console.log('detector         warned of growth without end  false alarms per container-day')
const calm = corpus.filter(({ truth }) => !truth.endless)
for (const detector of DETECTORS) {
  const found = corpus.filter(
    ({ truth, recording }) => truth.endless && warnings(detector, recording, EVALUATIONS).count > 0,
  )
  const alarms = sum(calm.map(({ recording }) => warnings(detector, recording, EVALUATIONS).count))
  const days = sum(calm.map(({ recording }) => daysOf(recording)))
  console.log(
    `${detector.name.padEnd(17)}${percent(found.length, endless.length).padStart(28)}${(alarms / days).toFixed(3).padStart(32)}`,
  )
}

const [folder] = positionals
if (folder !== undefined) scoreFolder(folder)

if (flags.misses === true)
  for (const { series, growth } of judged) {
    if (
      !series.truth.kinds.includes(growth.kind) ||
      !series.truth.diagnoses.includes(growth.diagnosis)
    )
      console.log(
        `${series.name}: ${growth.kind}/${growth.diagnosis ?? '-'}: ${growth.because.join('; ')}`,
      )
  }

const wrong = judged.filter(({ series, growth }) => !series.truth.kinds.includes(growth.kind))
const misses = [
  1 - wrong.length / judged.length < BARS.shapeRecall && 'kinds',
  rightly.length / endless.length < BARS.endlessRecall && 'recall of growth without end',
  rightly.length / called.length < BARS.endlessPrecision && 'precision of growth without end',
].filter((miss) => miss !== false)
if (misses.length > 0) {
  console.error(`\nbelow the bar: ${misses.join(', ')}`)
  process.exitCode = 1
}

function scoreFolder(path: string): void {
  const series = readdirSync(path)
    .filter((name) => name.endsWith('.csv'))
    .map((name) => ({ name, recording: readSeries(readFileSync(join(path, name), 'utf8'), name) }))
  const days = sum(series.map(({ recording }) => daysOf(recording)))
  console.log(`\n${path}: ${series.length} series, ${days.toFixed(1)} container-days`)
  console.log(`answers: ${countBy(series.map(({ recording }) => kindOf(recording)))}`)
  for (const detector of DETECTORS) {
    const alarms = sum(
      series.map(({ recording }) => warnings(detector, recording, EVALUATIONS).count),
    )
    console.log(
      `${detector.name.padEnd(17)}${(alarms / days).toFixed(3)} warnings per container-day`,
    )
  }
}

function kindOf(recording: Recording): string {
  return classifyGrowth(recording, { at: Number.POSITIVE_INFINITY }).kind
}

function callsEndless({ kind, diagnosis }: Growth): boolean {
  return kind === 'leak' || (kind === 'sawtooth' && diagnosis === 'leak')
}

function countBy(values: readonly string[]): string {
  const counts = [...Map.groupBy(values, (value) => value)].toSorted(
    (a, b) => b[1].length - a[1].length,
  )
  return counts.map(([value, all]) => `${value} ${all.length}`).join(', ')
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${Math.round((100 * part) / whole)} %`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
