/** Sizes and times in the dialects of those who write them. */
import { printedSize, usageAndLimit } from '../../../src/parsers/docker/printed-size.ts'
import { parseMemory, parseQuantity } from '../../../src/parsers/kubernetes/quantity.ts'
import { parseMesosBytes } from '../../../src/parsers/mesos/bytes.ts'
import { readDockerSize } from '../../../src/parsers/quantity/docker.ts'
import { readDuration } from '../../../src/parsers/quantity/duration.ts'
import { readGoSize } from '../../../src/parsers/quantity/go.ts'
import { readJvmSize } from '../../../src/parsers/quantity/jvm.ts'
import { readRate, readSize } from '../../../src/parsers/quantity/own.ts'
import { readPhpSize } from '../../../src/parsers/quantity/php.ts'
import { readPostgresSize } from '../../../src/parsers/quantity/postgres.ts'
import { readRedisSize } from '../../../src/parsers/quantity/redis.ts'
import { readSystemdSize } from '../../../src/parsers/quantity/systemd.ts'
import { formatBytes } from '../../../src/model/bytes.ts'
import { texts } from '../corpus.ts'
import { must, mustBeSound } from '../sound.ts'
import type { Target } from '../target.ts'

const WRITTEN = texts([
  '512Mi',
  '1.5Gi',
  '1e3m',
  '256m',
  '1.5 GiB',
  '64kB',
  '10Mi/h',
  '-2Mi/m',
  '1G 512M',
  '12.5%',
  '123‰',
  'infinity',
  '0x20000000',
  '200m',
  '128974848000m',
  '129e6',
  '1h30m',
  '90s',
  '600KiB / 64MiB',
  '1GB',
  '8MB',
  '-1',
  'unlimited',
  '1073741824',
])

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  own: readSize,
  rate: (text) => {
    const read = readRate(text)
    // Of a rate, the sign says something.
    return read.ok ? Math.abs(read.rate.bytes / read.rate.seconds) : read
  },
  duration: readDuration,
  docker: readDockerSize,
  'docker-printed': (text) => [printedSize(text), usageAndLimit(text)],
  go: readGoSize,
  jvm: readJvmSize,
  php: readPhpSize,
  postgres: (text) => readPostgresSize(text, 8_192),
  redis: readRedisSize,
  systemd: readSystemdSize,
  kubernetes: (text) => parseMemory(text),
  mesos: parseMesosBytes,
}

/** Sizes are whole and not below nothing, and can be told. */
export const QUANTITIES: Target = {
  name: 'quantities',
  samples: () => WRITTEN,
  run({ bytes }) {
    const text = bytes.toString()
    mustBeSound(parseQuantity(text))
    const told: string[] = []
    for (const [name, read] of Object.entries(READERS)) {
      const answer = read(text)
      mustBeSound({ [`${name}Bytes`]: answer })
      told.push(JSON.stringify(answer) ?? '')
      if (typeof answer === 'number') {
        // A rate is none, and Kubernetes takes 100m, a tenth of a byte.
        const isWhole = name === 'rate' || name === 'kubernetes' || Number.isInteger(answer)
        must(isWhole, `${name} gives ${answer}`)
        told.push(formatBytes(answer))
      }
    }
    return told.join('\n')
  },
}
