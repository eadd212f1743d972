import { readDockerSize } from '../../../parsers/quantity/docker.ts'
import type { Rule } from '../../rule.ts'
import { pm2Apps } from '../../settings/pm2.ts'
import type { Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { inNodes } from '../inputs.ts'
import { sized } from '../words.ts'

const service = (most: string): string => `
image: registry.example.com/web:1
command: [pm2-runtime, server.js, --max-memory-restart, ${most}]
mem_limit: 512m`

export const pm2Restart: Rule = {
  id: 'N10',
  severity: 'warning',
  title: 'pm2 would restart the program after the kernel has killed it',
  why: 'max_memory_restart is at the limit or above it, and pm2 looks only every 30 seconds: the kernel is always first.',
  reference: 'pm2, lib/Worker.js and constants.js',
  examples: { bad: inService(service('»1G')), good: inService(service('300M')) },
  check: inNodes(function* (_, container) {
    const { words, effectiveLimit: limit } = container
    const option = valueOf(words, '--max-memory-restart')
    const apps = (pm2Apps(container) ?? []).map(({ maxMemoryRestart }) => maxMemoryRestart)
    for (const word of [option, ...apps]) {
      const most = readDockerSize(word?.text ?? '')
      if (!word || !most.ok || typeof limit?.bytes !== 'number') continue
      if (most.bytes < limit.bytes) continue
      yield { place: word.place, message: `${word.text} is not below the limit ${sized(limit)}` }
    }
  }),
}

/** Behind the option, or in the same word. */
function valueOf(words: readonly Word[], option: string): Word | undefined {
  const at = words.findIndex(({ text }) => text.split('=', 1)[0] === option)
  const [, joined] = words[at]?.text.split('=', 2) ?? []
  const word = joined === undefined ? words[at + 1] : words[at]
  return at === -1 || word === undefined ? undefined : { ...word, text: joined ?? word.text }
}
