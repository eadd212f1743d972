import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GIB } from '../model/bytes.ts'
import { StellaError } from '../model/errors.ts'
import { NO_CONFIG, readAuditConfig } from './config.ts'

function read(text: string): ReturnType<typeof readAuditConfig> {
  return readAuditConfig({ path: '.stella-audit.yaml', text })
}

function refusalOf(text: string): string {
  try {
    read(text)
    return 'none'
  } catch (error) {
    return error instanceof StellaError ? `${error.exitCode} ${error.line}` : String(error)
  }
}

describe('a configuration of the audit', () => {
  it('says what is left out, what is off and why, what fails, and how the machine is', () => {
    expect(
      read(
        [
          'exclude: [vendor/, "*.gen.yaml"]',
          'off:',
          '  K16: quotas # why',
          'on: [J13]',
          'pedantic: false',
          'failOn: high',
          'cgroup: v2',
          'hostMemory: 8Gi',
          '',
        ].join('\n'),
      ),
    ).toEqual({
      exclude: ['vendor/', '*.gen.yaml'],
      off: new Map([['K16', 'quotas']]),
      on: new Set(['J13']),
      isPedantic: false,
      failOn: 'high',
      cgroup: 'v2',
      hostMemoryBytes: 8 * GIB,
    })
  })

  it.each(['', '# nothing yet\n', '{}'])('may say nothing: %j', (text) => {
    expect(read(text)).toEqual(NO_CONFIG)
  })

  it.each([
    [
      'exlude: []',
      "1:1: there is no setting 'exlude'; write one of exclude, off, on, pedantic, failOn,",
    ],
    ['cgroup: v2\noff:\n  K99: no', "3:3: there is no rule 'K99'; name one of the reference"],
    ['off:\n  K16:', '2:3: off.K16 is not understood; write rules with their reasons'],
    ['off:\n  K16: " "', '2:3: off.K16 is not understood; write rules with their reasons'],
    ['off: [K16]', '1:1: off is not understood; write rules with their reasons'],
    ['on: [K01]', '1:6: on.0 is not understood; write a list of rules that are silent otherwise: '],
    ['on: J13', '1:1: on is not understood; write a list of rules that are silent otherwise: '],
    ['pedantic: yes', '1:1: pedantic is not understood; write true or false'],
    ['exclude: vendor', '1:1: exclude is not understood; write a list of globs'],
    ['exclude:\n  - 1', '2:5: exclude.0 is not understood; write a list of globs'],
    ['failOn: bad', '1:1: failOn is not understood; write one of error, critical, high'],
    ['cgroup: 2', '1:1: cgroup is not understood; write v1 or v2'],
    ['hostMemory: 8', '1:1: hostMemory is not understood; write a size, as in 8Gi'],
    ['hostMemory: 8g', "1:1: '8g' could mean two sizes; write 8Gi (binary) or 8G (decimal)"],
    ['hostMemory: 0Gi', '1:1: no machine has 0 bytes; write 8Gi'],
    ['- a', '1:1: it holds no settings; write one of exclude,'],
    ['a: 1\n\tb: 2', '2:1: it is no YAML: '],
  ])('is refused with its line where it is wrong: %j', (text, expected) => {
    expect(refusalOf(text)).toContain(`2 stella: .stella-audit.yaml:${expected}`)
  })

  it('is read, or refused as a wrong call, whatever it holds', () => {
    const pieces = fc.constantFrom(
      'off:',
      ' K16',
      ': ',
      '\n',
      '- ',
      '&a ',
      '*a',
      '[',
      '{',
      'x',
      '<<',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
        expect(refusalOf(parts.join(''))).toMatch(/^(?:none$|2 stella: \.stella-audit\.yaml:\d)/)
      }),
    )
  })

  it('is read in time, however its aliases multiply', () => {
    const levels = Array.from(
      { length: 30 },
      (_, at) => `x${at + 1}: &x${at + 1} [*x${at}, *x${at}, *x${at}]`,
    )
    expect(refusalOf(`x0: &x0 [y]\n${levels.join('\n')}\n`)).toContain("no setting 'x0'")
  })
})
