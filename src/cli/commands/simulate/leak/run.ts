import { formatBytes } from '../../../../model/bytes.ts'
import { usageError } from '../../../../model/errors.ts'
import type { ByteRate } from '../../../../parsers/quantity/own.ts'
import { type Reach, reachOf } from '../../../../simulate/leak.ts'
import type { CommonFlags } from '../../../common-flags.ts'
import type { CliContext } from '../../../context.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import { textTable } from '../../../../report/table.ts'
import { printAnswer } from '../print.ts'
import { hoursInWords } from './hours.ts'

interface LeakFlags extends CommonFlags {
  limit: number
  rate: ByteRate
  start?: number
  to?: readonly number[]
}

/** `stella simulate leak`. */
export async function leak(this: CliContext, flags: LeakFlags): Promise<void> {
  if (flags.limit === 0) {
    throw usageError('a limit of 0 bytes is none', '--limit', 'name the limit of the container')
  }
  const simulated = { limitBytes: flags.limit, startBytes: flags.start ?? 0, rate: flags.rate }
  const percents = [...new Set(flags.to ?? [80, 95])].toSorted((a, b) => a - b)
  const atLimit = reachOf(simulated)
  const before = percents.map((percent) => reachOf(simulated, percent))
  printAnswer(this.io, flags, {
    document: {
      /** What `stella simulate leak --json` prints: when a leak reaches its limit. */
      schema: 'stella.simulate-leak/1',
      hours: atLimit.hours,
      limitBytes: simulated.limitBytes,
      startBytes: simulated.startBytes,
      bytesPerHour: (flags.rate.bytes * 3_600) / flags.rate.seconds,
      reached: before,
      says: sentence(atLimit),
    },
    headline: sentence(atLimit),
    tone: atLimit.hours === null ? 'good' : 'bad',
    parts: [
      { lines: textTable(['Share', 'Reached', 'Size'], [...before, atLimit].map(row)) },
      {
        sentences: [
          `Computed as (limit - start) / rate = (${formatBytes(simulated.limitBytes)} - ${formatBytes(simulated.startBytes)}) / ${rateInWords(flags.rate)}.`,
          'This is a straight line: page cache is given back before anything is killed, so feed it the growth of anonymous memory, not of usage.',
        ],
      },
    ],
  })
}

function sentence({ bytes, hours }: Reach): string {
  const limit = `The limit of ${sizeWithBytes(bytes)}`
  if (hours === null) return `${limit} is never reached: memory does not grow.`
  return hours === 0
    ? `${limit} is reached already.`
    : `${limit} is reached in ${hoursInWords(hours)}.`
}

function row({ percent, bytes, hours }: Reach): string[] {
  const when = hours === null ? 'never' : hours === 0 ? 'already' : `in ${hoursInWords(hours)}`
  return [`${percent} %`, when, sizeWithBytes(bytes)]
}

function rateInWords({ bytes, seconds }: ByteRate): string {
  const per = seconds === 1 ? 's' : seconds === 60 ? 'min' : seconds === 3_600 ? 'h' : 'd'
  return `(${formatBytes(bytes)} / ${per})`
}
