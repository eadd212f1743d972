import type { Signature } from '../signature.ts'

import { logHint } from '../signature.ts'

/** What shells and process managers write when SIGKILL took a child of theirs. */
const WORDS: readonly RegExp[] = [
  // dash and busybox write the bare word; bash names script, line and PID.
  /^Killed$/,
  /: line \d+: +\d+ Killed(?:\s|$)/,
  /^zsh: killed\s/,
  /^make(?:\[\d+\])?: \*\*\* .{1,200}\] Killed$/,
  /: fatal error: Killed signal terminated program \w+/,
  /^Command terminated by signal 9$/,
  /^npm (?:ERR!|error) signal SIGKILL$/,
  // gunicorn
  /\(pid: ?\d+\) was sent SIGKILL!/,
  // nginx
  /\bworker process \d+ exited on signal 9\b/,
  // php-fpm
  /\bchild \d+ exited on signal 9 \(SIGKILL/,
  // celery, billiard
  /exited prematurely: signal 9 \(SIGKILL\)/,
  /exited with 'signal 9 \(SIGKILL\)'/,
  // uWSGI
  /\(pid: \d+\) died, killed by signal 9\b/,
  // supervisord
  /\(terminated by SIGKILL[;)]/,
]

export const childKilled: Signature = {
  id: 'child-killed',
  needles: ['Killed', 'killed', 'SIGKILL', 'signal 9'],

  read(line) {
    if (!WORDS.some((pattern) => pattern.test(line))) return null
    return logHint('child-killed', line, `A child process was killed: ${line.trim().slice(0, 200)}`)
  },
}
