import type { RuntimeView } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import { redisFigures, isRedis, withForks } from './redis/figures.ts'
import { redisFindings, unaskedFindings } from './redis/findings.ts'
import { redisItems, redisResidence } from './redis/items.ts'
import { answerText } from './runtime.ts'
import type { Runtime, RuntimeContext } from './runtime.ts'

/** Redis, Valkey and KeyDB, with the fork that writes a snapshot. */
export const redis: Runtime = {
  id: 'redis',
  recognise: (process, processes) =>
    isRedis(process) &&
    !processes.some(({ pid, name }) => pid === process.parentPid && name === process.name),
  questions: () => [
    {
      kind: 'talk',
      id: 'info',
      to: { any: true },
      // Inline commands, as one would type them; after QUIT the server closes, and nobody waits for more.
      send: 'INFO\r\nQUIT\r\n',
      maxBytes: 256 * 1024,
      login: {
        refusal: '-NOAUTH',
        variable: 'REDISCLI_AUTH',
        compose: (password) => `AUTH "${escaped(password)}"\r\n`,
      },
    },
  ],
  view,
}

function view(process: ProcessState, context: RuntimeContext): RuntimeView {
  const family = withForks(process, context.processes)
  const residence = redisResidence(family)
  const figures = redisFigures(answerText(context, 'info'))
  const items = figures === null ? [] : redisItems(figures, residence)
  const { residentBytes } = residence
  const known = items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  return {
    runtime: redis.id,
    pid: process.pid,
    version: figures?.version ?? null,
    items,
    residentBytes,
    unattributedBytes: residentBytes === null ? null : residentBytes - known,
    findings:
      figures === null
        ? unaskedFindings(context.answers.get('info'), family)
        : redisFindings({ figures, residence, family, limitBytes: context.limitBytes }),
  }
}

/** As sdssplitargs reads a quoted argument: any byte may stand as \xHH, so that no password ends its quotes or its line. */
function escaped(password: string): string {
  const bytes = new TextEncoder().encode(password)
  return Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}
