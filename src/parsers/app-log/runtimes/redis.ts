import type { Finding, Signature } from '../signature.ts'

import { MIB } from '../../../model/bytes.ts'
import { logHint, runtimeOom } from '../signature.ts'

/** Redis and Valkey. */
export const redis: Signature = {
  id: 'redis',
  needles: [
    'Out Of Memory allocating ',
    'OOM command not allowed',
    "Can't save in background: fork: ",
    "Can't rewrite append only file in background: fork: ",
    'started by pid',
    'Fork CoW for ',
  ],

  read(line) {
    const allocation = /\bOut Of Memory allocating (\d+) bytes!/.exec(line)
    if (allocation !== null)
      return runtimeOom(
        'redis',
        'native',
        'yes',
        line,
        `Redis got no memory for ${allocation[1]} bytes and aborted`,
      )
    if (/\bOOM command not allowed when used memory > 'maxmemory'/.test(line))
      return runtimeOom('redis', 'maxmemory', 'no', line, 'Redis refused a write at its maxmemory')
    if (/in background: fork: Cannot allocate memory/.test(line))
      return runtimeOom('redis', 'fork', 'no', line, 'Redis could not fork for a snapshot')
    return readSnapshot(line)
  },
}

function readSnapshot(line: string): Finding | null {
  const started =
    /\b(?:Background saving|Background append only file rewriting) started by pid (\d+)/.exec(line)
  if (started !== null)
    return logHint('fork-snapshot', line, `Redis forked a snapshot process, pid ${started[1]}`)
  const copied = /\bFork CoW for (?:RDB|AOF rewrite|Module fork): .*?\bpeak (\d{1,12}) MB\b/.exec(
    line,
  )
  if (copied === null) return null
  return logHint(
    'fork-snapshot',
    line,
    `The snapshot of Redis copied ${copied[1]} MB of its memory`,
    Number(copied[1]) * MIB,
  )
}
