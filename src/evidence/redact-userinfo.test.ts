import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactUserinfo } from './redact-userinfo.ts'

describe('passwords in addresses', () => {
  it.each([
    ['postgres://app:hunter2@db:5432/shop', 'postgres://[redacted]@db:5432/shop'],
    ['http://token@host/', 'http://[redacted]@host/'],
    ['https://u:a/b/c@host', 'https://[redacted]@host'],
    ['a://u:p@x b://v:q@y', 'a://[redacted]@x b://[redacted]@y'],
    ['http://proxy/http://u:p@x', 'http://proxy/http://[redacted]@x'],
    ['docker://app@sha256:0123', 'docker://app@sha256:0123'],
    ['http://host:8080/path', 'http://host:8080/path'],
    ['http://user:hunt …', 'http://user:[redacted] …'],
    ['http://host:8080 …', 'http://host:8080 …'],
  ])('%s', (text, expected) => {
    expect(redactUserinfo(text)).toBe(expected)
  })

  /** The same as patterns, which say it in short and take quadratic time. */
  const USERINFO = /(:\/\/)(?:[^\s/@"'<>]+|[^\s/@:"'<>]*:[^\s@"'<>]+)@(?!sha\d+:)/g
  const USERINFO_CUT = /(:\/\/[^\s/@:"'<>]+:)(?!\d+ …$)[^\s@"'<>]+(?= …$)/g
  const pieces = fc.constantFrom(
    '://',
    ':',
    '/',
    '@',
    'a',
    '1',
    ' ',
    '"',
    '<',
    'sha256:',
    ' …',
    '\n',
  )

  it('are what two patterns say', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 24 }), (parts) => {
        const text = parts.join('')
        const expected = text
          .replace(USERINFO, '$1[redacted]@')
          .replace(USERINFO_CUT, '$1[redacted]')
        expect(redactUserinfo(text)).toBe(expected)
      }),
      { numRuns: 20_000 },
    )
  })
})
