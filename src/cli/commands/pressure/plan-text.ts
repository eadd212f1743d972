/** A plan for people, and as a document. */
import { formatBytes } from '../../../model/bytes.ts'
import { experimentDocument } from '../../../pressure/document.ts'
import type { Experiment, Question } from '../../../pressure/experiment.ts'
import { MEMORY_WORDS } from '../../../pressure/plan.ts'
import type { PressurePlan } from '../../../pressure/plan.ts'
import { printable } from '../../../report/printable.ts'
import type { Paint } from '../../render/paint.ts'
import { textTable } from '../../../report/table.ts'

export function planDocument({ subject, experiment, warnings }: PressurePlan) {
  return {
    target: subject.named,
    group: subject.path,
    limitBytes: subject.state.limitBytes,
    usageBytes: subject.state.usageBytes,
    hostAvailableBytes: subject.host.availableBytes,
    isPsiWatched: subject.host.fullAvg10 !== null,
    warnings,
    experiment: experimentDocument(subject.named, experiment),
  }
}

export function planLines({ subject, experiment, warnings }: PressurePlan, paint: Paint): string[] {
  const { state, host } = subject
  const limit = state.limitBytes === null ? 'no limit' : formatBytes(state.limitBytes)
  const usage = state.usageBytes === null ? '' : `, ${formatBytes(state.usageBytes)} in use`
  const rows = [
    ['Target', `${subject.named} (${subject.path}), ${limit}${usage}`],
    ...pressureRows(experiment),
    ...experiment.probes.map(({ name, question }, at) => [
      at === 0 ? 'Hypothesis' : '',
      `${name}${detailOf(question)}`,
    ]),
    ...guardRows(experiment, host.fullAvg10 !== null),
    ['Taken back', takenBack(experiment)],
    ...warnings.map((warning, at) => [at === 0 ? 'Mind' : '', warning]),
  ]
  return [
    paint.bold(printable(experiment.title)),
    ...textTable(
      [],
      rows.map((row) => row.map(printable)),
    ).map((line) => `  ${line}`),
    '',
    'Nothing is done yet. The same with --apply does it.',
  ]
}

function pressureRows({ pressure, phases }: Experiment): string[][] {
  const times = `in ${seconds(phases.rampMs)}, held for ${seconds(phases.holdMs)}`
  if (pressure.kind === 'limit') {
    return [['Pressure', `its limit comes down to ${formatBytes(pressure.limitBytes)} ${times}`]]
  }
  const { memory, sizeBytes, placement } = pressure
  return [
    ['Pressure', `${formatBytes(sizeBytes)} of ${MEMORY_WORDS[memory]} ${times}`],
    [
      'Placement',
      placement === 'leaf'
        ? 'a group inside the target that cannot hold more than that; the first that the kernel takes'
        : "the target's own group; the first that the kernel takes",
    ],
  ]
}

function guardRows({ guards }: Experiment, isPsiKnown: boolean): string[][] {
  return [
    ['Ends where', `the machine has less than ${formatBytes(guards.hostFloorBytes)} available`],
    [
      '',
      isPsiKnown
        ? `nobody on it can work for more than ${guards.psiCeiling} % of 10 s`
        : 'this kernel does not tell pressure (PSI), so none is watched',
    ],
    ['', 'the hypothesis does not hold, at a signal, or when stella is killed'],
  ]
}

function takenBack({ pressure }: Experiment): string {
  return pressure.kind === 'limit'
    ? 'its limit, to the byte, also when stella is killed'
    : 'all of it, also when stella is killed'
}

function detailOf(question: Question): string {
  if (question.type === 'http') return `: ${question.url}`
  return question.type === 'command' ? `: ${question.argv.join(' ')}` : ''
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000} s`
}
