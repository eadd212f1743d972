/**
 * Sizes workloads from their first half with the published formulas of other tools and with ours, and replays the second half:
 * how often would each limit have killed, and how much of it would have stood empty?
 * `node bench/sizing/compare.ts [SEED]...`
 * Ten workloads are made up, four weeks each, from a seed; four were recorded from real memory groups (record.ts). A kill is a
 * stretch of time in which more is needed than the limit, page cache left out; slack is the share of the limit that is not
 * needed, over time. What we refuse is left out of everybody's sums, and told. The bar: no more kills than the safest of the other tools, and less slack than their median.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from '../../src/model/bytes.ts'
import type { Recording } from '../../src/model/series.ts'
import type { SizingEvidence } from '../../src/model/sizing.ts'
import { readSeries } from '../../src/parsers/series/index.ts'
import { needOf } from '../../src/sizing/need.ts'
import { DEFAULT_POLICY } from '../../src/sizing/policy.ts'
import { sizeOf } from '../../src/sizing/size-of.ts'
import { checkTools } from './checks.ts'
import { firstHalf, known } from './first-half.ts'
import { krr, kruize, twicePeak, vpa } from './tools.ts'
import type { Seen } from './tools.ts'
import { syntheticWorkloads } from './workloads.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/workloads')
const SEEDS = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [101, 202, 303]
const NOW = Date.UTC(2026, 5, 1)

interface Trial {
  name: string
  seen: Seen
  evidence: SizingEvidence
  /** The second half. */
  replay: { stepSeconds: number; needs: ArrayLike<number> }
}

type Tool = (trial: Trial) => number | null

const OURS = 'stella'
const TOOLS: Readonly<Record<string, Tool>> = {
  KRR: ({ seen }) => krr(seen, false),
  'KRR, kills': ({ seen }) => krr(seen, true),
  VPA: ({ seen }) => vpa(seen),
  Kruize: ({ seen }) => kruize(seen),
  '2 x peak': ({ seen }) => twicePeak(seen),
  [OURS]: ({ evidence }) => sizeOf(evidence, DEFAULT_POLICY).limitBytes,
}

interface Score {
  limitBytes: number | null
  kills: number
  slack: number
}

/** Kills this close are one: it takes that long to start again. */
const RESTART_SECONDS = 600

function scoreOf(limitBytes: number | null, { stepSeconds, needs }: Trial['replay']): Score {
  if (limitBytes === null) return { limitBytes, kills: 0, slack: Number.NaN }
  let kills = 0
  let until = -1
  let sum = 0
  for (let step = 0; step < needs.length; step++) {
    const need = needs[step] ?? 0
    sum += Math.min(need, limitBytes)
    if (need <= limitBytes || step < until) continue
    kills++
    until = step + RESTART_SECONDS / stepSeconds
  }
  return { limitBytes, kills, slack: 1 - sum / needs.length / limitBytes }
}

function madeUp(seed: number): Trial[] {
  return syntheticWorkloads(seed).map((workload) => ({
    name: workload.name,
    ...firstHalf(workload, NOW),
    replay: {
      stepSeconds: workload.stepSeconds,
      needs: workload.needBytes.subarray(Math.floor(workload.needBytes.length / 2)),
    },
  }))
}

/**
 * A minute becomes two weeks: with a history of a minute KRR and the VPA say nothing at all, and their formulas are not meant for
 * it. What is compared is how the memory moves.
 */
const STRETCH = (14 * 86_400) / 60

function stretched(recording: Recording): Recording {
  const { samples } = recording.group
  const first = samples[0]?.at ?? 0
  const slow = samples.map((sample) => ({ ...sample, at: first + (sample.at - first) * STRETCH }))
  return { ...recording, group: { ...recording.group, samples: slow } }
}

function recorded(): Trial[] {
  return readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.jsonl'))
    .toSorted()
    .map((file) => {
      const recording = stretched(readSeries(readFileSync(join(FIXTURES, file), 'utf8'), file))
      const { samples } = recording.group
      const half = Math.floor(samples.length / 2)
      const first = { ...recording, group: { ...recording.group, samples: samples.slice(0, half) } }
      const needs = samples.slice(half).map((sample) => needOf(sample)?.bytes ?? 0)
      const replay = { stepSeconds: 0.5 * STRETCH, needs }
      return {
        name: `recorded: ${file.replace('.jsonl', '')}`,
        ...known(first, [], samples[half - 1]?.at ?? NOW),
        replay,
      }
    })
}

function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (
    ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
  )
}

checkTools()
const names = Object.keys(TOOLS)
let met = true
for (const seed of SEEDS) {
  const trials = [...madeUp(seed), ...recorded()]
  const scores = trials.map((trial) =>
    Object.entries(TOOLS).map(([, tool]) => scoreOf(tool(trial), trial.replay)),
  )
  const row = (title: string, cells: readonly string[]): string =>
    `${title.padEnd(26)}${cells.map((cell) => cell.padStart(18)).join('')}\n`
  process.stdout.write(`\nseed ${seed}: limit in MiB / kills / slack\n${row('', names)}`)
  for (const [index, trial] of trials.entries()) {
    process.stdout.write(
      row(
        trial.name,
        (scores[index] ?? []).map(({ limitBytes, kills, slack }) =>
          limitBytes === null
            ? 'refused'
            : `${Math.round(limitBytes / MIB)} / ${kills} / ${Math.round(slack * 100)} %`,
        ),
      ),
    )
  }
  const sized = scores.filter((of) => of.every(({ limitBytes }) => limitBytes !== null))
  const totals = names.map((_, tool) => ({
    kills: sized.reduce((sum, of) => sum + (of[tool]?.kills ?? 0), 0),
    slack: median(sized.map((of) => of[tool]?.slack ?? Number.NaN)),
  }))
  process.stdout.write(
    row(
      'kills in all, median slack',
      totals.map(({ kills, slack }) => `${kills} / ${(slack * 100).toFixed(1)} %`),
    ),
  )
  const ours = totals[names.indexOf(OURS)] ?? { kills: Number.NaN, slack: Number.NaN }
  const others = totals.filter((_, tool) => names[tool] !== OURS)
  const safest = Math.min(...others.map(({ kills }) => kills))
  const middle = median(others.map(({ slack }) => slack))
  const holds = ours.kills <= safest && ours.slack < middle
  met &&= holds
  process.stdout.write(
    `ours ${ours.kills} kills (safest of the others ${safest}), slack ${(ours.slack * 100).toFixed(1)} % (median of the others ${(middle * 100).toFixed(1)} %): ${holds ? 'met' : 'not met'}\n`,
  )
}
process.exitCode = met ? 0 : 1
