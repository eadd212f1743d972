import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB, MIB } from '../../model/bytes.ts'
import {
  incrementalMode,
  jobRetention,
  largeImagePool,
  largeImageThreshold,
  maxAttempts,
  scanTimeout,
  settingOf,
  SETTINGS,
  settingsNamed,
  streamingThreshold,
  workerMemoryLimit,
} from './index.ts'
import type { AnySetting } from './setting.ts'

const refused = (setting: AnySetting, text: string): string => {
  const read = setting.check(text)
  return read.ok ? `took ${text}` : `${read.problem}; ${read.todo}`
}

describe('a size', () => {
  it.each([
    ['8Gi', 8_589_934_592],
    ['8GiB', 8_589_934_592],
    ['1.5Gi', 1.5 * GIB],
    ['512Mi', 512 * MIB],
    ['131072Ki', 128 * MIB],
    ['8G', 8_000_000_000],
    ['512M', 512_000_000],
    ['2T', 2_000_000_000_000],
    ['2147483648', 2 * GIB],
    ['2147483648B', 2 * GIB],
  ])('%s is %d bytes', (text, bytes) => {
    expect(workerMemoryLimit.in(new Map([['worker.memory_limit', text]]))).toBe(bytes)
    expect(workerMemoryLimit.told(text)).toEqual({ bytes })
  })

  it.each([
    ['8g', "'8g' could mean two sizes; write 8Gi (binary) or 8G (decimal)"],
    ['8GB', "'8GB' could mean two sizes; write 8Gi (binary) or 8G (decimal)"],
    ['512mb', "'512mb' could mean two sizes; write 512Mi (binary) or 512M (decimal)"],
    ['8 Gi', "'8 Gi' is not a size; write it as 512Mi, 1.5Gi (binary), 512M (decimal) or bytes"],
    ['-1Gi', "'-1Gi' is not a size; write it as 512Mi, 1.5Gi (binary), 512M (decimal) or bytes"],
    ['', "'' is not a size; write it as 512Mi, 1.5Gi (binary), 512M (decimal) or bytes"],
    ['1.5', "'1.5' is a fraction of a byte; give whole bytes, or add a unit"],
    ['1024Pi', "'1024Pi' is larger than any memory; stay below 1024Pi"],
  ])('%s is refused, and it is told what to write', (text, says) => {
    expect(refused(workerMemoryLimit, text)).toBe(says)
  })

  it('has to be enough for a worker to start in', () => {
    expect(workerMemoryLimit.check('96Mi').ok).toBe(true)
    expect(refused(workerMemoryLimit, '100663295')).toBe(
      "'100663295' is too little; give 96 MiB at least: a worker scans a tiny image in as much",
    )
    expect(refused(workerMemoryLimit, '8')).toBe(
      "'8' is too little; give 96 MiB at least: a worker scans a tiny image in as much",
    )
  })

  it('may be nothing where all images are to be streams, but no image is smaller than a byte', () => {
    expect(streamingThreshold.check('0')).toEqual({ ok: true, value: 0 })
    expect(refused(largeImageThreshold, '0')).toBe("'0' is too little; give 1 B at least")
  })

  it('counts in powers of 1024 with an i, and of 1000 without', () => {
    const units = ['K', 'M', 'G', 'T'] as const
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000 }), fc.constantFrom(...units), (count, unit) => {
        const power = units.indexOf(unit) + 1
        const read = (text: string): unknown => streamingThreshold.told(text)['bytes']
        expect(read(`${count}${unit}i`)).toBe(count * 1024 ** power)
        expect(read(`${count}${unit}`)).toBe(count * 1000 ** power)
      }),
    )
  })
})

describe('an age', () => {
  it.each([
    ['1h', 3_600_000],
    ['36h', 36 * 3_600_000],
    ['90d', 90 * 86_400_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(jobRetention.in(new Map([['retention.jobs', text]]))).toBe(milliseconds)
    expect(jobRetention.told(text)).toEqual({ milliseconds })
  })

  it.each([
    ['90', "'90' is not an age; write it as 12h or 90d"],
    ['30m', "'30m' is not an age; write it as 12h or 90d"],
    ['0d', "'0d' is out of range; use 1h up to 3650d"],
    ['3651d', "'3651d' is out of range; use 1h up to 3650d"],
  ])('%s is refused', (text, says) => {
    expect(refused(jobRetention, text)).toBe(says)
  })
})

describe('a duration', () => {
  it.each([
    ['1s', 1_000],
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['1h', 3_600_000],
    ['24h', 86_400_000],
    ['86400s', 86_400_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(scanTimeout.in(new Map([['timeouts.scan', text]]))).toBe(milliseconds)
    expect(scanTimeout.told(text)).toEqual({ milliseconds })
  })

  it.each([
    ['30', "'30' is not a duration; write it as 90s, 30m or 1h"],
    ['30min', "'30min' is not a duration; write it as 90s, 30m or 1h"],
    ['1.5h', "'1.5h' is not a duration; write it as 90s, 30m or 1h"],
    ['1d', "'1d' is not a duration; write it as 90s, 30m or 1h"],
    ['30M', "'30M' is not a duration; write it as 90s, 30m or 1h"],
    ['', "'' is not a duration; write it as 90s, 30m or 1h"],
    ['0s', "'0s' is out of range; use 1s up to 24h"],
    ['25h', "'25h' is out of range; use 1s up to 24h"],
    ['86401s', "'86401s' is out of range; use 1s up to 24h"],
  ])('%s is refused', (text, says) => {
    expect(refused(scanTimeout, text)).toBe(says)
  })
})

it('a switch is true or false, in these very letters', () => {
  expect(incrementalMode.check('true')).toEqual({ ok: true, value: true })
  expect(incrementalMode.check('false')).toEqual({ ok: true, value: false })
  expect(incrementalMode.told('false')).toEqual({ enabled: false })
  for (const text of ['True', 'yes', '1', 'on', '', ' true']) {
    expect(refused(incrementalMode, text)).toBe(
      `'${text}' is neither true nor false; write true or false`,
    )
  }
})

it('a job is tried once up to ten times, and nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: -20, max: 1_000_000 }), (count) => {
      expect(maxAttempts.check(`${count}`).ok).toBe(count >= 1 && count <= 10)
    }),
  )
  expect(maxAttempts.told('10')).toEqual({ number: 10 })
  for (const text of ['', '0', '11', '3.0', '+3', '3e0', ' 3', '0x3', '99999999999999999999']) {
    expect(refused(maxAttempts, text)).toBe(
      `'${text}' is no number from 1 to 10; write it in digits`,
    )
  }
})

describe('the name of a pool', () => {
  it.each(['default', 'large-images', 'a', '9', 'a'.repeat(40)])('may be %s', (text) => {
    expect(largeImagePool.in(new Map([['routing.large_image_pool', text]]))).toBe(text)
  })

  it.each(['', '-a', 'a-', 'Large', 'a b', 'a/b', '../a', 'a.b', 'ä', 'a'.repeat(41), 'a\n'])(
    'is not %j',
    (text) => {
      expect(refused(largeImagePool, text)).toBe(
        `'${text}' is no name of a pool; use up to 40 of the characters a-z, 0-9 and -, as in large-images`,
      )
    },
  )
})

describe('every setting', () => {
  it.each(SETTINGS.map((setting) => [setting.key, setting] as const))(
    '%s has a usual value that it takes itself',
    (_, setting) => {
      expect(setting.usual === null || setting.check(setting.usual).ok).toBe(true)
    },
  )

  it('is what it usually is where nobody set it', () => {
    expect(workerMemoryLimit.in(new Map())).toBe(4 * GIB)
    expect(largeImageThreshold.in(new Map())).toBe(2 * GIB)
    expect(largeImagePool.in(new Map())).toBeNull()
    expect(scanTimeout.in(new Map())).toBe(1_800_000)
    expect(maxAttempts.in(new Map())).toBe(3)
  })

  it('counts as unset where an earlier version wrote what is refused now', () => {
    expect(workerMemoryLimit.in(new Map([['worker.memory_limit', '8GB']]))).toBe(4 * GIB)
    expect(largeImagePool.in(new Map([['routing.large_image_pool', 'Large']]))).toBeNull()
    expect(maxAttempts.in(new Map([['jobs.max_attempts', '100']]))).toBe(3)
    expect(workerMemoryLimit.told('8GB')).toEqual({})
  })

  it('takes or refuses any text without failing, and a refusal is short and says what to do', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SETTINGS),
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 100, maxLength: 10_000 })),
        (setting, text) => {
          const read = setting.check(text)
          if (read.ok) return
          expect(read.problem.length).toBeLessThan(150)
          expect(read.todo).not.toBe('')
        },
      ),
    )
  })
})

describe('the name of a setting', () => {
  it('is found as it is', () => {
    for (const setting of SETTINGS) expect(settingOf(setting.key)).toBe(setting)
  })

  it.each([
    ['memory_limit', "did you mean 'worker.memory_limit'?"],
    ['worker.memory-limit', "did you mean 'worker.memory_limit'?"],
    ['Worker.Memory_Limit', "did you mean 'worker.memory_limit'?"],
    ['timeout.scan', "did you mean 'timeouts.scan'?"],
    ['max_attempt', "did you mean 'jobs.max_attempts'?"],
    ['large_image', "did you mean 'routing.large_image_threshold' or 'routing.large_image_pool'?"],
  ])('%s is near to one', (text, todo) => {
    expect(() => settingOf(text)).toThrow(
      expect.objectContaining({ exitCode: 2, message: `there is no setting '${text}'`, todo }),
    )
  })

  it.each(['', '...', 'colour', 'x'.repeat(1_000)])(
    'of %j nothing is near: all are told',
    (text) => {
      const todo = `use one of ${SETTINGS.map(({ key }) => key).join(', ')}`
      expect(() => settingOf(text)).toThrow(expect.objectContaining({ exitCode: 2, todo }))
    },
  )

  it('may be the part before the dot, and means all of them', () => {
    expect(settingsNamed('timeouts')).toEqual([scanTimeout])
    expect(settingsNamed('routing')).toEqual([largeImageThreshold, largeImagePool])
    expect(settingsNamed('timeouts.scan')).toEqual([scanTimeout])
    expect(() => settingsNamed('timeout')).toThrow(
      expect.objectContaining({ todo: "did you mean 'timeouts.scan'?" }),
    )
  })
})
