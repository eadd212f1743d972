import type { ExitStatus } from '../../../model/facts.ts'
import type { Signature } from '../signature.ts'

/** What starts others writes of one that SIGKILL ended: Compose, builders, pipelines, schedulers, process managers. */
const CODE =
  /\b(?:exit(?:ed|s|ing)?(?: with)?(?: a)?(?: non-zero)?(?: exit)?(?:[ _-]?(?:code|status))?|non-zero (?:exit|code)|error code|errno)["']?[ :=(]{1,4}'?137\b/i
/** What calls it by its name: `termination reason: OOMKilled`, `Exit Message: "OOM Killed"`. */
const OOM_KILLED = /\b(?:reason|message|error)["']?(?:\s*[:=]\s*["']?|\s')(?:task: )?OOM ?Killed\b/i
const SAYS_OOM = /\bOOM|\bOutOfMemory/
const COMPOSE = /^([\w.-]{1,200}) exited with code 137(?: \(restarting\))?$/

export const toldExit: Signature = {
  id: 'told-exit',
  needles: ['137', 'OOMKilled', 'OOM Killed'],

  read(line) {
    const text = line.trim()
    const isCode = CODE.test(text)
    if (!isCode && !OOM_KILLED.test(text)) return null
    const name = COMPOSE.exec(text)?.[1]
    const fact: ExitStatus = {
      kind: 'exit-status',
      exitCode: isCode ? 137 : null,
      signal: null,
      ...(SAYS_OOM.test(text) ? { oomKilled: true } : {}),
      ...(name === undefined
        ? {}
        : { subject: { platform: 'docker', name, id: null, image: null } as const }),
    }
    return { fact, says: `${name ?? 'What it started'} was killed: ${text.slice(0, 200)}` }
  },
}
