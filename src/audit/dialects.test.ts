import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { REPO } from '../../scripts/lib/repo.ts'
import { audit } from './engine.ts'
import { raw, inPod } from './rules/examples.ts'
import type { Example } from './rule.ts'
import { formatBytes, NO_LIMIT_BYTES } from '../model/bytes.ts'
import { parseQuantity } from '../parsers/kubernetes/quantity.ts'
import { readDockerSize } from '../parsers/quantity/docker.ts'
import { readGoSize } from '../parsers/quantity/go.ts'

/** What those who read such files made of hundreds of spellings: fixtures/audit/dialects/record.ts asked them. */
function recorded<Shape extends z.ZodMiniType>(name: string, reading: Shape): z.infer<Shape>[] {
  const text = readFileSync(join(REPO, 'fixtures/audit/dialects', `${name}.json`), 'utf8')
  return z.parse(z.object({ readings: z.array(reading) }), JSON.parse(text)).readings
}

function rulesIn(file: Example): string[] {
  return findingsIn(file).map(({ rule }) => rule.id)
}

function findingsIn(file: Example) {
  const { findings, problems } = audit([{ file, variables: new Map(), isNamed: true }])
  expect(problems.map(({ what }) => what)).toEqual([])
  return findings
}

describe('Kubernetes, as apimachinery reads it', () => {
  const READINGS = recorded(
    'kubernetes',
    z.object({ text: z.string(), refused: z.boolean(), amount: z.nullable(z.number()) }),
  )

  test('every quantity is the same number, or refused the same', () => {
    for (const { text, amount } of READINGS) {
      const ours = parseQuantity(text)
      if (amount === null) expect([text, ours]).toEqual([text, null])
      else expect([text, near(ours, amount)]).toEqual([text, true])
    }
  })

  const asLimit = (text: string): string[] =>
    rulesIn(
      inPod(
        `image: registry.example.com/web:1\nresources:\n  requests: {cpu: 100m}\n  limits: {memory: ${JSON.stringify(text)}}`,
      ),
    )

  test('K03 speaks of a unit only where the API refuses it', () => {
    const taken = READINGS.filter(({ refused }) => !refused)
    expect(taken.filter(({ text }) => asLimit(text).includes('K03'))).toEqual([])
  })

  test.each(['256MB', '256MiB', '256mb', '256K', '256KB', '512mi', '512MI', '1g', '1GB', '7B'])(
    'K03 speaks of %s, which the API refuses',
    (text) => {
      expect(READINGS.find((reading) => reading.text === text)?.refused ?? true).toBe(true)
      expect(asLimit(text)).toContain('K03')
    },
  )

  test('K03 tells both sizes that 512MB may stand for', () => {
    const pod = inPod('image: registry.example.com/web:1\nresources: {limits: {memory: 512MB}}')
    expect(findingsIn(pod).map(({ message }) => message)).toContain(
      'Kubernetes has no unit MB; write 512M (512000000 bytes), or 512Mi (536870912 bytes) where that was meant',
    )
  })

  test('K01 and K02 speak of every limit that the API takes and no container can live in', () => {
    for (const { text, amount } of READINGS) {
      if (amount === null || amount <= 0) continue
      const found = asLimit(text).some((rule) => rule === 'K01' || rule === 'K02')
      expect([text, found]).toEqual([text, amount < 4 * 1024 * 1024 || text.endsWith('m')])
    }
  })
})

/** Where a quantity is finer than a thousand millionth, or larger than 2^63, it is rounded there. */
function near(ours: number | null, amount: number): boolean {
  if (ours === null) return false
  if (Math.abs(amount) >= 2 ** 62) return Math.abs(ours) >= 2 ** 62
  return Math.abs(ours - amount) <= Math.abs(amount) * 1e-12 + 1e-9
}

describe('Go, as its runtime reads GOMEMLIMIT', () => {
  const READINGS = recorded(
    'go',
    z.object({ text: z.string(), refused: z.boolean(), bytes: z.nullable(z.string()) }),
  ).filter(({ text }) => text !== '')

  const asVariable = (text: string): string[] =>
    rulesIn(
      raw(
        'compose.yaml',
        `services:\n  web:\n    image: a\n    mem_limit: 900g\n    environment:\n      GOMEMLIMIT: ${JSON.stringify(text)}\n`,
      ),
    )

  test('every size is the same number, or refused the same', () => {
    for (const { text, bytes } of READINGS) {
      const isPossible = bytes !== null && Number(bytes) < NO_LIMIT_BYTES
      expect([text, readGoSize(text)]).toEqual([text, isPossible ? Number(bytes) : null])
    }
  })

  test('G04 speaks only where the program does not start, and of whole numbers with the units of others', () => {
    const spoken = READINGS.filter(({ text }) => asVariable(text).includes('G04'))
    expect(spoken.filter(({ refused }) => !refused)).toEqual([])
    const meant = READINGS.filter(({ text }) => /^\d+ ?[kKMGTgtm](?:i|B|b|iB)?$/.test(text))
    expect(meant.filter((reading) => reading.refused && !spoken.includes(reading))).toEqual([])
  })
})

describe('Compose, as compose-go reads it', () => {
  const READINGS = recorded(
    'compose',
    z.object({
      text: z.string(),
      refused: z.string(),
      sizes: z.nullable(z.record(z.string(), z.number())),
    }),
  )
  const limitIn = (text: string): string =>
    z.parse(z.string(), JSON.parse(/mem_limit: (".*")/.exec(text)?.[1] ?? '""'))

  test('every size is the same number, or refused the same', () => {
    for (const { text, sizes } of READINGS) {
      const size = limitIn(text)
      const read = sizes?.['mem_limit'] ?? 0
      // What no machine has overflows there. That digits may be grouped, nobody knows.
      if (size === '' || read < 0 || read >= NO_LIMIT_BYTES || size.includes('_')) continue
      const reading = readDockerSize(size)
      const ours = reading.ok ? reading.bytes : null
      expect([size, ours]).toEqual([size, sizes?.['mem_limit'] ?? null])
    }
  })

  test('C02 and C16 speak only where the file is refused, and where it is refused for that', () => {
    for (const { text, refused } of READINGS) {
      if (/\d{18}|\d_\d/.test(text)) continue
      const found = rulesIn(raw('compose.yaml', text))
      const isUnit = /invalid suffix: '[kmgt]i'/.test(refused)
      const isTwice = refused.includes("can't set distinct values on 'mem_limit'")
      expect([text, found.includes('C16')]).toEqual([text, isUnit])
      expect([text, found.includes('C02')]).toEqual([text, isTwice])
    }
  })
})

describe('.NET, in a group of 512 MiB', () => {
  const READINGS = recorded('dotnet', z.object({ setting: z.string(), bytes: z.number() }))

  const findingsOf = (setting: string): string[] => {
    const [name = '', value = ''] = setting.split('=')
    const variable = `COMPlus_${name}: ${JSON.stringify(value)}`
    const text = `services:\n  web:\n    image: a\n    mem_limit: 512m\n    environment:\n      ${variable}\n`
    const file = raw('compose.yaml', text)
    return audit([{ file, variables: new Map(), isNamed: true }]).findings.map(
      ({ rule, message }) => `${rule.id} ${message}`,
    )
  }

  test('D01 says what the runtime reads, where that does not fit', () => {
    for (const { setting, bytes } of READINGS) {
      if (!setting.startsWith('GCHeapHardLimit=')) continue
      const found = findingsOf(setting).find((line) => line.startsWith('D01'))
      if (bytes > 512 * 1024 * 1024) expect(found).toContain(`is ${formatBytes(bytes)} here`)
      else expect([setting, found]).toEqual([setting, undefined])
    }
  })

  test('D02 says what share the runtime takes; what is no share leaves the default', () => {
    const [{ bytes: usual } = { bytes: 0 }] = READINGS
    expect(usual).toBe(0.75 * 512 * 1024 * 1024)
    for (const { setting, bytes } of READINGS) {
      const value = /^GCHeapHardLimitPercent=([1-9]\d)$/.exec(setting)?.[1]
      if (value === undefined) continue
      const share = Number.parseInt(value, 16)
      const isTaken = share < 100
      expect([value, Math.round((bytes / (512 * 1024 * 1024)) * 100)]).toEqual([
        value,
        isTaken ? share : 75,
      ])
      const says = isTaken ? `is ${share} % here` : 'is no share'
      expect(findingsOf(setting).join()).toContain(says)
    }
  })
})
