import type { Signature } from '../signature.ts'

import { logHint, runtimeOom } from '../signature.ts'

/** The server outlives an error of one of its processes; it restarts all of them when one is killed. */
export const postgresql: Signature = {
  id: 'postgresql',
  needles: ['out of memory', 'server process (PID ', 'could not fork '],

  read(line) {
    if (/\b(?:ERROR|FATAL|PANIC): +(?:53200: )?out of memory$/.test(line))
      return runtimeOom(
        'postgresql',
        'backend',
        'no',
        line,
        'A process of PostgreSQL got no more memory and gave up its query',
      )
    if (/\bcould not fork .{1,80}: Cannot allocate memory/.test(line))
      return runtimeOom('postgresql', 'fork', 'no', line, 'PostgreSQL could not fork')
    const killed = /\bserver process \(PID (\d+)\) was terminated by signal 9: Killed/.exec(line)
    if (killed === null) return null
    return logHint('child-killed', line, `PostgreSQL lost its process ${killed[1]} to SIGKILL`)
  },
}
