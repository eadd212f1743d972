import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRate, readSize } from './own.ts'

describe('a size', () => {
  it.each([
    ['8Gi', 8_589_934_592],
    ['8GiB', 8_589_934_592],
    ['8G', 8_000_000_000],
    ['512Mi', 536_870_912],
    ['512MiB', 536_870_912],
    ['512M', 512_000_000],
    ['64KiB', 65_536],
    ['64Ki', 65_536],
    ['64K', 64_000],
    ['1.5Gi', 1_610_612_736],
    ['1.1G', 1_100_000_000],
    ['2Ti', 2 ** 41],
    ['2T', 2e12],
    ['2P', 2e15],
    ['1.25Gi', 1_342_177_280],
    ['1Pi', 2 ** 50],
    ['0', 0],
    ['4096', 4_096],
    ['4096B', 4_096],
  ])('%s is %d bytes', (text, bytes) => {
    expect(readSize(text)).toEqual({ ok: true, bytes })
  })

  it.each(['', '-1', '-1Gi', '+1', '1 Gi', ' 1Gi', '1,5Gi', '0x10', '1e9', '.5Gi', '5.', 'Gi'])(
    'refuses %j',
    (text) => {
      expect(readSize(text)).toMatchObject({ ok: false, problem: expect.stringContaining(text) })
    },
  )

  it.each(['8m', '8M ', '8g', '8gb', '8GB', '8kb', '8KB', '8mi', '8gi', '8GIB', '8BB', '8iB'])(
    'refuses %j, a unit that is unknown or that others read differently',
    (text) => {
      expect(readSize(text)).toMatchObject({ ok: false })
    },
  )

  it('says how the two sizes are written that a unit of the engines could mean', () => {
    expect(readSize('8gb')).toEqual({
      ok: false,
      problem: "'8gb' could mean two sizes",
      todo: 'write 8Gi (binary) or 8G (decimal)',
    })
  })

  it('names no size that was not meant', () => {
    for (const text of ['8xg', '8gx', '8mbx', '8iBx']) {
      expect(readSize(text)).toMatchObject({ problem: `'${text}' has no unit that is known` })
    }
    expect(readSize('8g')).toMatchObject({ todo: 'write 8Gi (binary) or 8G (decimal)' })
  })

  it('says how large it may be, and quotes a long text in part', () => {
    expect(readSize('1024Pi')).toEqual({
      ok: false,
      problem: "'1024Pi' is larger than any memory",
      todo: 'stay below 1024Pi',
    })
    const forty = 'x'.repeat(40)
    expect(readSize(forty)).toMatchObject({ problem: `'${forty}' is not a size` })
    expect(readSize('x'.repeat(5_000))).toMatchObject({
      problem: `'${'x'.repeat(38)}…' is not a size`,
    })
  })

  it('refuses what means "no limit" to the kernel, and a fraction of a byte', () => {
    expect(readSize(String(2 ** 60))).toMatchObject({ ok: false })
    expect(readSize('1023Pi')).toEqual({ ok: true, bytes: 1_023 * 2 ** 50 })
    expect(readSize('1024Pi')).toMatchObject({ ok: false })
    expect(readSize('99999999999999999999Pi')).toMatchObject({ ok: false })
    expect(readSize('1.5')).toMatchObject({ ok: false })
    expect(readSize('1.5B')).toMatchObject({ ok: false })
  })

  it('is the same with and without a unit', () => {
    const units = [
      ['K', 1e3],
      ['M', 1e6],
      ['Ki', 2 ** 10],
      ['MiB', 2 ** 20],
    ] as const
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom(...units), (n, [unit, factor]) => {
        expect(readSize(`${n}${unit}`)).toEqual(readSize(`${n * factor}`))
      }),
    )
  })

  it('never throws, and never gives anything but whole bytes below 2^60', () => {
    fc.assert(
      fc.property(sizeLike(), (text) => {
        const read = readSize(text)
        expect(read.ok ? Number.isInteger(read.bytes) : read.problem !== '').toBe(true)
        expect(read.ok ? read.bytes >= 0 && read.bytes < 2 ** 60 : read.todo !== '').toBe(true)
      }),
    )
  })
})

describe('a rate', () => {
  it.each([
    ['10Mi/h', 10_485_760, 3_600],
    ['4Ki/s', 4_096, 1],
    ['60K/m', 60_000, 60],
    ['1.5Gi/d', 1_610_612_736, 86_400],
    ['0/s', 0, 1],
    ['-0/s', 0, 1],
    ['-60Ki/m', -61_440, 60],
  ])('%s is %d bytes in %d seconds', (text, bytes, seconds) => {
    expect(readRate(text)).toEqual({ ok: true, rate: { bytes, seconds } })
  })

  it.each(['10Mi', '10Mi/', '/h', '10Mi/w', '10Mi/hour', '10Mi/h/h', '10m/h', '--1/s', '+1/s', ''])(
    'refuses %j',
    (text) => {
      expect(readRate(text)).toMatchObject({ ok: false, problem: expect.stringContaining(text) })
    },
  )

  it('says how one is written', () => {
    expect(readRate('10Mi')).toMatchObject({
      todo: 'write it as 10Mi/h, with /s, /m, /h or /d',
    })
    // The last letter alone is no time.
    expect(readRate('10Mis')).toMatchObject({ ok: false })
    expect(readRate('s')).toMatchObject({ ok: false, problem: "'s' is not a rate" })
  })

  it('never throws, and never gives a number that is none', () => {
    fc.assert(
      fc.property(sizeLike(), fc.constantFrom('', '/s', '/m', '/h', '/d'), (text, per) => {
        const read = readRate(`${text}${per}`)
        expect(read.ok ? Number.isInteger(read.rate.bytes) : read.problem !== '').toBe(true)
      }),
    )
  })
})

function sizeLike(): fc.Arbitrary<string> {
  const near = fc.stringMatching(/^-?\d{0,24}(\.\d{0,24})?(Ki|Mi|Gi|Ti|Pi|K|M|G|T|P|B|iB)?$/)
  return fc.oneof(near, fc.string())
}
