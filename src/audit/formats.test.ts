import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { audit, type Audit } from './engine.ts'
import { githubAnnotations } from './github.ts'
import { junitOf } from './junit.ts'

const BAD = 'services:\n  web:\n    image: registry.example.com/web:1\n    mem_limit: 512Mi\n'
const SETTING = { root: '/repo', unread: [] }
const GOOD = BAD.replace('512Mi', '512m')
const BROKEN = 'services:\n  web: [\n'

function judged(files: Record<string, string>): Audit {
  return audit(
    Object.entries(files).map(([path, text]) => ({
      file: { path, text },
      variables: new Map(),
      isNamed: true,
    })),
  )
}

/** A finding whose message and path say anything at all. */
function saying(path: string, message: string): Audit {
  const { findings, ...rest } = judged({ [path]: BAD })
  return { ...rest, findings: findings.map((finding) => ({ ...finding, message })) }
}

describe('annotations for GitHub', () => {
  it('stand at the line and the columns of each finding, what is broken among them', () => {
    expect(
      githubAnnotations(judged({ './compose.yaml': BAD, 'broken.yaml': BROKEN }), SETTING),
    ).toBe(
      [
        '::error file=broken.yaml,line=2,col=9,title=Not judged::it is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; correct it, and check it again',
        '::error file=compose.yaml,line=4,endLine=4,col=16,endColumn=21,title=C16 Mi and Gi are units of Kubernetes::512Mi is refused; 512m is the same size',
        '',
      ].join('\n'),
    )
  })

  it('are none where nothing is found', () => {
    expect(githubAnnotations(judged({ 'compose.yaml': GOOD }), SETTING)).toBe('')
  })

  it('name no file for standard input', () => {
    expect(githubAnnotations(judged({ '-': BAD }), SETTING)).toMatch(/^::error title=C16 /)
  })

  it('are one line each, whatever a path and a message hold, and say just that', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('%0A', '::error::', 'a,b:c\r\nd'))
    fc.assert(
      fc.property(text, text, (path, message) => {
        const out = githubAnnotations(saying(`a${path}`, message), SETTING)
        const [, written = '', said = ''] =
          /^::error file=([^,:\r\n]*),[^:\r\n]*::([^\r\n]*)\n$/.exec(out) ?? []
        expect(unescaped(written)).toBe(`a${path}`)
        expect(unescaped(said)).toBe(message)
      }),
    )
  })
})

/** Any characters, lone halves of pairs among them. */
const CHARACTERS = fc
  .array(fc.integer({ min: 0, max: 0x10_ff_ff }))
  .map((codes) => String.fromCodePoint(...codes))

/** As the runner of GitHub's actions reads it. */
function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}

describe('a JUnit report', () => {
  it('has a suite for each file, a failure for each finding, an error for what is broken', () => {
    const report = junitOf(
      judged({ 'compose.yaml': BAD, 'good/compose.yaml': GOOD, 'broken.yaml': BROKEN }),
      { failOn: 'info', unread: [] },
    )
    expect(report.split('\n').map((line) => line.replace(/>[^<>]+<\//, '>…</'))).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<testsuites name="stella audit" tests="3" failures="1" errors="1">',
      '  <testsuite name="compose.yaml" tests="1" failures="1" errors="0">',
      '    <testcase name="C16 Mi and Gi are units of Kubernetes (4:16)" classname="compose.yaml">',
      '      <failure type="error" message="512Mi is refused; 512m is the same size">…</failure>',
      '    </testcase>',
      '  </testsuite>',
      '  <testsuite name="good/compose.yaml" tests="1" failures="0" errors="0">',
      '    <testcase name="No memory mistakes" classname="good/compose.yaml"/>',
      '  </testsuite>',
      '  <testsuite name="broken.yaml" tests="1" failures="0" errors="1">',
      '    <testcase name="Not judged (2:9)" classname="broken.yaml">',
      '      <error type="problem" message="it is no YAML: Flow sequence in block collection must be sufficiently indented and end with a ]">…</error>',
      '    </testcase>',
      '  </testsuite>',
      '</testsuites>',
      '',
    ])
    expect(report).toContain('compose.yaml:4:16: 512Mi is refused; 512m is the same size.')
  })

  it('has a test that passes for a finding milder than what fails, and tells it', () => {
    const unbounded = judged({ 'compose.yaml': 'services:\n  web:\n    image: a\n' })
    expect(junitOf(unbounded, { failOn: 'high', unread: [] })).toContain('failures="1"')
    const report = junitOf(unbounded, { failOn: 'critical', unread: [] })
    expect(report).not.toContain('<failure')
    expect(report).toContain('<system-out>compose.yaml:2:3: web may take all memory')
  })

  it('holds any message whole, without what XML cannot hold', () => {
    const text = fc.oneof(fc.string(), CHARACTERS, fc.constant('\u0000<&">\n\t'))
    fc.assert(
      fc.property(text, (message) => {
        const written = / message="([^"<]*)">/.exec(
          junitOf(saying('compose.yaml', message), { failOn: 'info', unread: [] }),
        )?.[1]
        expect(plain(written ?? 'none')).toBe(
          message.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD'),
        )
      }),
    )
  })
})

function plain(text: string): string {
  return text
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}
