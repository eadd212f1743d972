import { positionOf, type SourceFile } from './documents/place.ts'
import type { Problem } from './documents/problem.ts'
import type { Audit, Finding } from './engine.ts'
import type { ReportSetting } from './report.ts'
import { isFailing, type Severity } from './rule.ts'

/** What XML 1.0 cannot hold, not even escaped (w3.org/TR/xml, Char). */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

interface JunitSetting extends Pick<ReportSetting, 'unread'> {
  /** The mildest severity that is a failure. */
  failOn: Severity
}

/**
 * The answer as JUnit reports, which most build servers read: a suite for each file, a failure for each finding, an error for what
 * could not be judged. A file without either is one test that passes, and so is a finding that is milder than what fails.
 */
export function junitOf(audit: Audit, { failOn, unread }: JunitSetting): string {
  const suites = suitesOf(audit, failOn)
  if (unread.length > 0) suites.set('stella audit', unread.map(unreadCase))
  const counts = countsOf([...suites.values()].flat())
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'stella audit', ...counts })}>`,
    ...[...suites].flatMap(([path, cases]) => [
      `  <testsuite${attributes({ name: path, ...countsOf(cases) })}>`,
      ...cases.flatMap((test) => caseLines(path, test)),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

interface TestCase {
  name: string
  outcome: 'passed' | 'noted' | 'failure' | 'error'
  type: string
  message: string
  /** The whole of it, for people. */
  text: string
}

/** By path. Findings and problems stand in the order of the audit. */
function suitesOf({ files, findings, problems }: Audit, failOn: Severity): Map<string, TestCase[]> {
  const suites = new Map<string, TestCase[]>(files.map(({ path }) => [path, []]))
  const add = ({ path }: SourceFile, test: TestCase): void => {
    suites.set(path, [...(suites.get(path) ?? []), test])
  }
  for (const problem of problems) add(problem.at.file, problemCase(problem))
  for (const finding of findings) add(finding.place.file, findingCase(finding, failOn))
  for (const cases of suites.values()) if (cases.length === 0) cases.push(PASSED)
  return suites
}

const PASSED: TestCase = {
  name: 'No memory mistakes',
  outcome: 'passed',
  type: '',
  message: '',
  text: '',
}

function findingCase(
  { rule, severity, place, line, column, message }: Finding,
  failOn: Severity,
): TestCase {
  return {
    name: `${rule.id} ${rule.title} (${line}:${column})`,
    outcome: isFailing(severity, failOn) ? 'failure' : 'noted',
    type: severity,
    message,
    text: `${place.file.path}:${line}:${column}: ${message}.\n${rule.why}\nRests on: ${rule.reference}`,
  }
}

function problemCase({ at, what, todo }: Problem): TestCase {
  const { line, column } = positionOf(at)
  return {
    name: `Not judged (${line}:${column})`,
    outcome: 'error',
    type: 'problem',
    message: what,
    text: `${at.file.path}:${line}:${column}: ${what}; ${todo}`,
  }
}

function unreadCase(sentence: string): TestCase {
  return {
    name: `Not read: ${sentence}`,
    outcome: 'error',
    type: 'problem',
    message: sentence,
    text: sentence,
  }
}

function countsOf(cases: readonly TestCase[]): Record<string, number> {
  return {
    tests: cases.length,
    failures: cases.filter(({ outcome }) => outcome === 'failure').length,
    errors: cases.filter(({ outcome }) => outcome === 'error').length,
  }
}

function caseLines(path: string, { name, outcome, type, message, text }: TestCase): string[] {
  const begin = `    <testcase${attributes({ name, classname: path })}`
  if (outcome === 'passed') return [`${begin}/>`]
  const said = `<system-out>${escaped(text)}</system-out>`
  if (outcome === 'noted') return [`${begin}>`, `      ${said}`, '    </testcase>']
  return [
    `${begin}>`,
    `      <${outcome}${attributes({ type, message })}>${escaped(text)}</${outcome}>`,
    '    </testcase>',
  ]
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('')
}

/** Line ends are written as references, for a reader makes spaces of them in an attribute. */
function escaped(text: string): string {
  return text
    .replace(NO_CHARACTER, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}
