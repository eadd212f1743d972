import type { ExitStatus } from '../../../model/facts.ts'
import type { Signature } from '../signature.ts'

/** What clouds and schedulers write of something that the kernel ended at its memory limit. */
const WORDS: readonly RegExp[] = [
  // Slurm, its newer and its older words
  /\bDetected \d{1,9} oom[-_]kill event(?:\(s\))? in /,
  // HTCondor
  /\bJob has gone over cgroup memory limit of \d/,
  // Amazon ECS
  /\bOutOfMemoryError: Container killed due to memory usage\b/,
  // Google Cloud Run
  /\bMemory limit of \d[\d.]{0,20} ?[KMG]i?B? exceeded with \d/,
  // Render
  /\bRan out of memory \(used over \d{1,9}[MG]B\) while running your/,
]
/** AWS Lambda: what it had, and the most that it used. */
const LAMBDA = /\bMemory Size: (\d{1,6}) MB\s{1,8}Max Memory Used: (\d{1,6}) MB\b/

const KILLED: ExitStatus = { kind: 'exit-status', exitCode: null, signal: 9, oomKilled: true }

/** Who looks from outside and ends by itself what is over its limit (YARN, PBS, LSF, Heroku) is another matter. */
export const toldLimit: Signature = {
  id: 'told-limit',
  needles: [
    'emory limit',
    'oom_kill event',
    'oom-kill event',
    'OutOfMemoryError: Container',
    'Ran out of memory',
    'Max Memory Used',
  ],

  read(line) {
    const text = line.trim()
    if (!WORDS.some((pattern) => pattern.test(text)) && !isFullLambda(text)) return null
    return { fact: KILLED, says: `It was killed at its memory limit: ${text.slice(0, 200)}` }
  },
}

/** Of one that ends by itself the same line tells that it used less. */
function isFullLambda(text: string): boolean {
  const [, had, used] = LAMBDA.exec(text) ?? []
  return had !== undefined && Number(used) >= Number(had)
}
