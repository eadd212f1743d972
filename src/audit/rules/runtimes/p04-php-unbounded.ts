import { formatBytes, MIB } from '../../../model/bytes.ts'
import { readPhpSize } from '../../../parsers/quantity/php.ts'
import { inContainers, LIMITED, type Rule, type RuleFinding } from '../../rule.ts'
import { type Php, phpOf } from '../../runtimes/php.ts'
import type { Container, Size, Word } from '../../workload.ts'
import { inService } from '../examples.ts'
import { percent, sized } from '../words.ts'

const service = (limit: string): string => `
image: nextcloud:30-fpm
environment:
  PHP_MEMORY_LIMIT: ${limit}
mem_limit: 512m`

export const phpUnbounded: Rule = {
  id: 'P04',
  severity: 'high',
  title: 'PHP may take everything',
  why: 'With memory_limit=-1, or one that is larger than the container, a single request can fill it. The kernel then kills a worker in the middle of its work, and nothing stands in the log of PHP. With a smaller limit the one request fails, with a message. All workers together may take pm.max_children times as much, beside the memory that they share.',
  reference:
    'https://www.php.net/manual/en/ini.core.php#ini.memory-limit; measured with PHP 8.2: a worker at -1 is killed, one with a limit answers',
  examples: { bad: inService(service('»"-1"')), good: inService(service('128M')) },
  check: inContainers(LIMITED, function* (container) {
    const { effectiveLimit: limit, role } = container
    if (limit === null || role === 'init') return
    const php = phpOf(container)
    const limits = memoryLimitsOf(container, php)
    const unbounded = limits.filter(({ text }) => text === '-1')
    for (const { place } of unbounded) {
      yield { place, message: `nothing but the limit ${limit.text} stops a request` }
    }
    if (unbounded.length === 0) yield* tooMuch(php ?? NOTHING_SET, limits, limit)
  }),
}

const NOTHING_SET: Php = { ini: new Map(), pools: [] }

/** Every memory_limit that is in force somewhere. */
function memoryLimitsOf({ environment, words }: Container, php: Php | null): Word[] {
  const variable = environment.get('PHP_MEMORY_LIMIT')
  const option = words.find(({ text }) => /^(?:-d)?memory_limit=-1$/.test(text))
  const pools = (php?.pools ?? []).map(({ memoryLimit }) => memoryLimit)
  // A value of a pool stands above that of php.ini.
  const hasOwn = pools.length > 0 && pools.every((own) => own !== null)
  const ini = hasOwn ? null : (php?.ini.get('memory_limit') ?? null)
  return [
    ...(typeof variable?.value === 'string'
      ? [{ text: variable.value, place: variable.place }]
      : []),
    ...(option === undefined ? [] : [{ text: '-1', place: option.place }]),
    ...[ini, ...pools].flatMap((word) => word ?? []),
  ]
}

function* tooMuch(php: Php, limits: readonly Word[], limit: Size): Generator<RuleFinding> {
  if (limit.bytes === null) return
  const shared = sharedBytes(php)
  const beside = shared === 0 ? '' : ` beside ${formatBytes(shared)} that all share`
  for (const { text, place } of limits) {
    const bytes = readPhpSize(text)
    if (bytes === null || bytes + shared <= limit.bytes) continue
    const message = `one request may take ${formatBytes(bytes)}${beside}, and the limit is ${sized(limit)}`
    yield { place, message }
    return
  }
  const sum = sumOfPools(php)
  if (sum === null || sum.bytes + shared <= limit.bytes) return
  yield {
    place: sum.word.place,
    severity: 'warning',
    message: `all workers together may take ${formatBytes(sum.bytes)}${beside}, ${percent(sum.bytes + shared, limit.bytes)} of the limit ${sized(limit)}`,
  }
}

/** Of opcache, in MiB, and of APCu: they are mapped once, and all workers fill them. */
function sharedBytes({ ini }: Php): number {
  const isOn = !/^(?:0|off|no|false)$/i.test(ini.get('opcache.enable')?.text ?? '1')
  const opcache = Number(ini.get('opcache.memory_consumption')?.text ?? 0) * MIB
  const apcu = readPhpSize(ini.get('apc.shm_size')?.text ?? '') ?? 0
  return (isOn && opcache > 0 ? opcache : 0) + apcu
}

/** What all children of all pools may take, where every pool says it. */
function sumOfPools({ pools, ini }: Php): { bytes: number; word: Word } | null {
  let bytes = 0
  for (const { maxChildren, memoryLimit } of pools) {
    const each = readPhpSize((memoryLimit ?? ini.get('memory_limit'))?.text ?? '')
    const count = Number(maxChildren?.text ?? 'none')
    if (each === null || !Number.isInteger(count)) return null
    bytes += each * count
  }
  const word = pools[0]?.maxChildren ?? null
  return word === null ? null : { bytes, word }
}
