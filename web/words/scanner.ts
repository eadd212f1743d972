/** Jobs, attempts and workers in words. */
import type {
  Job,
  JobState,
  Outcome,
  RestartReason,
  ScanMode,
  WorkerView,
} from '../../src/model/scan-job.ts'
import type { MarkShape } from './mark-shape.ts'
import { counted } from './time.ts'

const LONGEST_NAME = 80

export const JOB_WORDS: Record<JobState, string> = {
  queued: 'Waits for a worker',
  running: 'Is being scanned',
  done: 'Done',
  failed: 'Failed',
  timeout: 'Took too long',
  cancelled: 'Cancelled',
}

export const JOB_SHAPES: Record<JobState, MarkShape> = {
  queued: 'waiting',
  running: 'going',
  done: 'calm',
  failed: 'killed',
  timeout: 'trouble',
  cancelled: 'dropped',
}

export const OUTCOME_WORDS: Record<Outcome, string> = {
  done: 'done',
  oom: 'out of memory',
  crash: 'its worker crashed',
  timeout: 'took too long',
  refused: 'the image is not in order',
  unreachable: 'the image could not be had',
  lost: 'its worker was stopped',
  gone: 'whoever ran it was gone',
  cancelled: 'cancelled',
}

export const OUTCOME_SHAPES: Record<Outcome, MarkShape> = {
  done: 'calm',
  oom: 'killed',
  crash: 'killed',
  timeout: 'trouble',
  refused: 'killed',
  unreachable: 'trouble',
  lost: 'dropped',
  gone: 'trouble',
  cancelled: 'dropped',
}

export const MODE_WORDS: Record<ScanMode, string> = {
  whole: 'layers in memory',
  streaming: 'layers as they come',
  lean: 'with the least memory',
  partial: 'without layers that cannot be read',
}

export const WORKER_WORDS: Record<WorkerView['state'], string> = {
  starting: 'has just been started',
  idle: 'waits for a job',
  busy: 'does a job',
  draining: 'ends its job, then begins anew',
  waiting: 'ended too often, begins again a little later',
}

export const RESTART_WORDS: Record<RestartReason, string> = {
  oom: 'out of memory',
  crash: 'crashed',
  timeout: 'took too long',
  manual: 'asked for',
  config: 'changed settings',
}

/** "2 out of memory, 1 crashed". */
export function restartsInWords(
  restarts: readonly { reason: RestartReason; count: number }[],
): string {
  const told = restarts.map(({ reason, count }) => `${count} ${RESTART_WORDS[reason]}`)
  const total = restarts.reduce((sum, { count }) => sum + count, 0)
  return total === 0
    ? 'no worker was started again'
    : `${counted(total, 'restart')}: ${told.join(', ')}`
}

/** What a list says of a job beside its state; empty: there is nothing to say. */
export function jobInWords({ result, note, attempts, state }: Job): string {
  if (result !== null) return counted(result.packages, 'package')
  if (note !== null) return note
  return state === 'running'
    ? `attempt ${attempts.at(-1)?.number ?? 1}`
    : (attempts.at(-1)?.says ?? '')
}

/** A name that a browser saves a file under. */
export function documentName(image: string): string {
  const name = image
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(-LONGEST_NAME)
    .replaceAll(/^[-.]+|(?<![-.])[-.]+$/g, '')
  return `${name === '' ? 'image' : name}.cdx.json`
}
