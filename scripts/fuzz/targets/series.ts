/** Memory over time, and what is made of it: the growth, the size, the table that is read back. */
import { DEFAULT_POLICY } from '../../../src/sizing/policy.ts'
import { sizingDocument } from '../../../src/sizing/document.ts'
import { sizeOf } from '../../../src/sizing/size-of.ts'
import { NO_EVIDENCE } from '../../../src/model/sizing.ts'
import { readRangeAnswer, refusalIn } from '../../../src/parsers/series/prometheus-answer.ts'
import { readSeries } from '../../../src/parsers/series/index.ts'
import { csvLines } from '../../../src/parsers/series/write-csv.ts'
import { sizingReport } from '../../../src/cli/render/sizing.ts'
import { PLAIN } from '../../../src/cli/render/paint.ts'
import { filesOf } from '../corpus.ts'
import { must, mustBePrintable, mustBeSound, refusable } from '../sound.ts'
import type { Target } from '../target.ts'

const SHOWN = { target: null, limitBytes: null, width: 80, paint: PLAIN, quiet: false }

const samples = () => [...filesOf('fixtures/series'), ...filesOf('fixtures/series-imports')]

export const SERIES: Target = {
  name: 'series',
  samples,
  run({ bytes, path }) {
    const recording = refusable(() => readSeries(bytes.toString(), path))
    if (recording === null) return
    mustBeSound(recording)
    const table = [...csvLines(recording)].join('\n')
    const again = refusable(() => readSeries(table, path))
    must(
      recording.group.samples.length === 0 ||
        again?.group.samples.length === recording.group.samples.length,
      'a table is not read back',
    )
  },
}

export const SIZING: Target = {
  name: 'sizing',
  samples,
  run({ bytes, path }, random) {
    const recording = refusable(() => readSeries(bytes.toString(), path))
    if (recording === null) return ''
    const at = recording.group.samples.at(-1)?.at ?? 0
    const figure = (): number | null =>
      random(3) === 0 ? null : random(2 ** 31) * (1 + random(64))
    const sizing = sizeOf(
      {
        ...NO_EVIDENCE,
        recordings: [recording],
        peakBytes: figure(),
        limitBytes: figure(),
        hostBytes: figure(),
        aboveBytes: figure(),
        at,
      },
      DEFAULT_POLICY,
    )
    mustBeSound(sizingDocument(sizing))
    const text = sizingReport(sizing, SHOWN)
    mustBePrintable(text)
    return text
  },
}

export const PROMETHEUS: Target = {
  name: 'prometheus-answer',
  samples: () => filesOf('fixtures', /prom.*\.json$/),
  run({ bytes, path }) {
    const text = bytes.toString()
    // NaN is an answer there; what is made of it is the target of series.
    refusable(() => readRangeAnswer(text, path))
    refusalIn(text)
  },
}
