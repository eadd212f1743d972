import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { tryRun } from './testbed.ts'

function schemaPath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/schemas/${name}`, import.meta.url))
}

/** What is wrong with a SARIF log by its schema, one line each; nothing where it is valid. */
export function sarifFaults(): (log: unknown) => string[] {
  // It is of draft 4, and uses nothing that later drafts read otherwise but the name of its address.
  const {
    $schema: _,
    id,
    ...schema
  } = JSON.parse(readFileSync(schemaPath('sarif-2.1.0.json'), 'utf8'))
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  formats.default(ajv)
  const validate = ajv.compile({ $id: id, ...schema })
  return (log) => {
    validate(log)
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
  }
}

/** What xmllint has against a JUnit report; empty where it is valid. */
export function junitFaults(report: string): string {
  const argv = ['xmllint', '--noout', '--nonet', '--schema', schemaPath('junit-10.xsd'), '-']
  const { status, stderr } = tryRun(argv, { input: report })
  return status === 0 ? '' : stderr
}
