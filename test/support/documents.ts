/** What the program answers, held against the schemas of its documents. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { noteReached, SCHEMAS } from '../../scripts/lib/reached-documents.ts'

let validators: Ajv2020 | null = null

/**
 * Holds every document of a text against its schema, with no field more than the schema has. What is no document of ours is passed over.
 *
 * @param text one document, or lines of them
 */
export function holdDocuments(text: string): void {
  for (const document of documentsIn(text)) {
    holdDocument(document)
    const name = nameOf(document)
    if (name !== null) noteReached(fileOf(name))
  }
}

/** @throws Error that names each difference */
export function holdDocument(document: unknown): void {
  const name = nameOf(document)
  if (name === null) return
  const validate = validatorOf(name)
  if (!validate(document))
    throw new Error(`${name} is not as its schema says:\n${faults(validate)}`)
}

function validatorOf(name: string): ValidateFunction {
  validators ??= allValidators()
  const validate = validators.getSchema(fileOf(name))
  if (validate === undefined) throw new Error(`${name}: no schema; run node scripts/docs.ts`)
  return validate
}

function fileOf(name: string): string {
  return `${name.replace('/', '-')}.schema.json`
}

function allValidators(): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  formats.default(ajv)
  for (const file of readdirSync(SCHEMAS)) {
    ajv.addSchema(closed(JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8'))))
  }
  return ajv
}

/** The same without room for more fields: users have to stand them, and we have to tell of them. */
function closed(schema: unknown): object {
  return JSON.parse(JSON.stringify(schema), (_, value: unknown) =>
    isRecord(value) && isRecord(value['properties']) && !('additionalProperties' in value)
      ? { ...value, additionalProperties: false }
      : value,
  )
}

function faults({ errors }: ValidateFunction): string {
  return (errors ?? [])
    .map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    )
    .join('\n')
}

function documentsIn(text: string): unknown[] {
  const whole = parsed(text)
  return whole === undefined ? text.split('\n').map(parsed) : [whole]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function nameOf(document: unknown): string | null {
  const name = isRecord(document) ? document['schema'] : undefined
  return typeof name === 'string' && /^stella\.[a-z-]+\/\d+$/.test(name) ? name : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
