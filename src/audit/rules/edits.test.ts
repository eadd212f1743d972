import { expect, it } from 'vitest'
import { UNKNOWN_HOST } from '../engine.ts'
import { mend } from '../mend.ts'

const OLD = '-XX:+UseCGroupMemoryLimitForHeap'

function mended(path: string, text: string): string {
  const file = { path, text }
  const [input] = mend([{ file, variables: new Map(), isNamed: true }], UNKNOWN_HOST)
  return input?.after.file.text ?? ''
}

const service = (lines: string): string =>
  `services:\n  web:\n    image: a\n    mem_limit: 1g\n${lines}`

it.each([
  [
    'first of a text',
    `    environment: {JAVA_TOOL_OPTIONS: ${OLD} -Xmx600m}\n`,
    '    environment: {JAVA_TOOL_OPTIONS: -Xmx600m}\n',
  ],
  [
    'last of a text',
    `    environment: {JAVA_TOOL_OPTIONS: "-Xmx600m ${OLD}"}\n`,
    '    environment: {JAVA_TOOL_OPTIONS: "-Xmx600m"}\n',
  ],
  [
    'before a comment',
    `    environment:\n      JAVA_TOOL_OPTIONS: -Xmx600m ${OLD} # why\n`,
    '    environment:\n      JAVA_TOOL_OPTIONS: -Xmx600m # why\n',
  ],
  [
    'in an assignment',
    `    environment:\n      - JAVA_TOOL_OPTIONS=${OLD} -Xmx600m\n`,
    '    environment:\n      - JAVA_TOOL_OPTIONS=-Xmx600m\n',
  ],
  [
    'an item in brackets',
    `    command: [java, ${OLD}, -Xmx600m, -jar, a.jar]\n`,
    '    command: [java, -Xmx600m, -jar, a.jar]\n',
  ],
  [
    'a quoted item in brackets',
    `    command: ["java", "-Xmx600m", "${OLD}", "-jar", "a.jar"]\n`,
    '    command: ["java", "-Xmx600m", "-jar", "a.jar"]\n',
  ],
  [
    'an item on its line',
    `    command:\n      - java\n      - ${OLD}\n      - -Xmx600m\n      - a.Main\n`,
    '    command:\n      - java\n      - -Xmx600m\n      - a.Main\n',
  ],
  [
    'on a line of a folded text',
    `    environment:\n      JAVA_TOOL_OPTIONS: >-\n        -Xmx600m\n        ${OLD}\n`,
    '    environment:\n      JAVA_TOOL_OPTIONS: >-\n        -Xmx600m\n',
  ],
])('takes an option out that is %s', (_, before, after) => {
  expect(mended('compose.yaml', service(before))).toBe(service(after))
})

it.each([
  ['alone in its text', `    environment:\n      JAVA_TOOL_OPTIONS: ${OLD}\n`],
  ['alone before a comment', `    environment:\n      JAVA_TOOL_OPTIONS: ${OLD} # why\n`],
  ['alone in quotes', `    environment:\n      JAVA_TOOL_OPTIONS: "${OLD}"\n`],
  ['the only line of a block', `    environment:\n      JAVA_TOOL_OPTIONS: |\n        ${OLD}\n`],
  [
    'the end of a line that goes on',
    `    command:\n      - sh\n      - -c\n      - |\n        java \\\n        -Xmx600m \\\n        ${OLD}\n`,
  ],
])('leaves an option alone that is %s', (_, text) => {
  expect(mended('compose.yaml', service(text))).toBe(service(text))
})

it('takes an option out of the command of a Dockerfile', () => {
  const text = `FROM a\nCMD ["java", "${OLD}", "-jar", "a.jar"]\n`
  expect(mended('Dockerfile', text)).toBe('FROM a\nCMD ["java", "-jar", "a.jar"]\n')
})
