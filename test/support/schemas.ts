import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import formats from 'ajv-formats'
import { tryRun } from './testbed.ts'

function schemaPath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/schemas/${name}`, import.meta.url))
}

function schemaOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(schemaPath(name), 'utf8'))
}

/** What is wrong with a document, one line each; nothing where it is valid. */
type Faults = (document: unknown) => string[]

function faultsOf(validate: ValidateFunction): Faults {
  return (document) => {
    validate(document)
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
  }
}

/** By the schema of CycloneDX 1.6. */
export function cyclonedxFaults(): Faults {
  const ajv = new Ajv({ strict: false, unicodeRegExp: false })
  formats.default(ajv)
  // Of later drafts, and not used here.
  ajv.addFormat('iri-reference', true).addFormat('idn-email', true)
  ajv.addSchema(
    schemaOf('cyclonedx-spdx.json'),
    'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json',
  )
  ajv.addSchema(
    schemaOf('cyclonedx-jsf-0.82.json'),
    'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json',
  )
  return faultsOf(ajv.compile(schemaOf('cyclonedx-1.6.json')))
}

/** By the schema of SPDX 2.3. */
export function spdxFaults(): Faults {
  return faultsOf(new Ajv2019({ strict: false }).compile(schemaOf('spdx-2.3.json')))
}

/** By the schema of SARIF 2.1.0. */
export function sarifFaults(): Faults {
  // It is of draft 4, and uses nothing that later drafts read otherwise but the name of its address.
  const { $schema: _, id, ...schema } = schemaOf('sarif-2.1.0.json')
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false })
  formats.default(ajv)
  return faultsOf(ajv.compile({ $id: String(id), ...schema }))
}

/** What xmllint has against a JUnit report; empty where it is valid. */
export function junitFaults(report: string): string {
  const argv = ['xmllint', '--noout', '--nonet', '--schema', schemaPath('junit-10.xsd'), '-']
  const { status, stderr } = tryRun(argv, { input: report })
  return status === 0 ? '' : stderr
}
