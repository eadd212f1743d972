import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDockerSize } from './docker.ts'

// What `docker create -m` of versions 20.10 and 28.2 stored in HostConfig.Memory.
describe("a size in Docker's dialect", () => {
  it.each([
    ['256m', 268_435_456],
    ['256M', 268_435_456],
    ['256mb', 268_435_456],
    ['256MB', 268_435_456],
    ['256MiB', 268_435_456],
    ['256mib', 268_435_456],
    ['256 m', 268_435_456],
    ['00256m', 268_435_456],
    ['65536k', 67_108_864],
    ['1g', 1_073_741_824],
    ['1gb', 1_073_741_824],
    ['1.5g', 1_610_612_736],
    ['1.5 g', 1_610_612_736],
    ['.5g', 536_870_912],
    ['5.g', 5_368_709_120],
    ['7.1m', 7_444_889],
    ['6.0000001m', 6_291_456],
    ['1t', 2 ** 40],
    ['1pb', 2 ** 50],
    ['6291456', 6_291_456],
    ['6291456b', 6_291_456],
    ['268435456.7', 268_435_456],
    ['.25g', 268_435_456],
    // strconv.ParseFloat of Go, which reads the digits, takes exponents.
    ['1e3m', 1_048_576_000],
    ['1E+3k', 1_024_000],
    ['25e-2g', 268_435_456],
    ['1e10', 10_000_000_000],
    ['0', 0],
    ['0m', 0],
  ])('%s is %d bytes', (text, bytes) => {
    expect(readDockerSize(text)).toEqual({ ok: true, bytes })
  })

  it.each(['', '-1', '-1m', ' 256m', '256m ', '256  m', '1,5g', '0x10000000', 'nan', 'inf', 'm'])(
    'refuses %j, as Docker does',
    (text) => {
      expect(readDockerSize(text)).toMatchObject({
        ok: false,
        problem: expect.stringContaining(text),
      })
    },
  )

  it.each(['8e', '256mm', '256i', '256ib', '256bb', '256mbb', '256bi', '1e3mi '])(
    'refuses the unit of %j',
    (text) => {
      expect(readDockerSize(text)).toMatchObject({ ok: false })
    },
  )

  it('names the right spelling of what Kubernetes writes', () => {
    expect(readDockerSize('256Mi')).toEqual({
      ok: false,
      problem: "'256Mi' is how Kubernetes writes it, and today's Docker refuses it",
      todo: 'write 256m, which is binary there: 256m = 256Mi',
    })
    expect(readDockerSize('1.5gi')).toMatchObject({ todo: expect.stringContaining('write 1.5g,') })
  })

  it.each(['256xmi', '256mix'])('does not take %j for what Kubernetes writes', (text) => {
    expect(readDockerSize(text)).toMatchObject({ todo: 'write it as 512m, 1.5g or bytes' })
  })

  it('quotes a text whole where it is short, and its beginning where it is long', () => {
    const forty = 'x'.repeat(40)
    expect(readDockerSize(forty)).toMatchObject({ problem: `'${forty}' is not a size for Docker` })
    expect(readDockerSize('x'.repeat(5_000))).toMatchObject({
      problem: `'${'x'.repeat(38)}…' is not a size for Docker`,
    })
  })

  it('refuses what no machine has', () => {
    expect(readDockerSize('1023p')).toEqual({ ok: true, bytes: 1_023 * 2 ** 50 })
    expect(readDockerSize('1024p')).toMatchObject({ ok: false })
    expect(readDockerSize('9223372036854775807')).toMatchObject({ ok: false })
  })

  it('is the same in every spelling of a unit', () => {
    const spelled = (n: number, unit: string): unknown => readDockerSize(`${n}${unit}`)
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom('k', 'm', 'g'), (n, unit) => {
        const size = spelled(n, unit)
        expect(size).toMatchObject({ ok: true })
        expect(spelled(n, `${unit}b`)).toEqual(size)
        expect(spelled(n, `${unit}iB`)).toEqual(size)
        expect(spelled(n, unit.toUpperCase())).toEqual(size)
      }),
    )
  })

  it('never throws, and never gives anything but whole bytes below 2^60', () => {
    const near = fc.stringMatching(/^-?\d{0,24}(\.\d{0,24})? ?([kmgtpKMGTP]?[iI]?[bB]?)$/)
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const read = readDockerSize(text)
        expect(read.ok ? Number.isInteger(read.bytes) : read.problem !== '').toBe(true)
        expect(read.ok ? read.bytes >= 0 && read.bytes < 2 ** 60 : read.todo !== '').toBe(true)
      }),
    )
  })
})
