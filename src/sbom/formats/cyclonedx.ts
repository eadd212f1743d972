/** CycloneDX 1.6 as JSON (ECMA-424, https://cyclonedx.org/docs/1.6/json/). */
import { platformText } from '../../model/image.ts'
import type { Distribution, Occurrence } from '../../model/package.ts'
import {
  problemSentence,
  type SbomDocument,
  type SbomPackage,
  type SbomSubject,
} from '../document.ts'
import { allOf, licencesOf, textOf } from '../licence.ts'
import { isOfDistribution } from '../purl.ts'
import { documentUuid, timestampOf } from './identity.ts'
import { jsonObject } from './json.ts'

/** No purl begins so. */
const SUBJECT_REF = 'subject'
const DISTRIBUTION_REF = 'operating-system'
/** Of versions, by the schema; the purl has all of it. */
const MAX_VERSION_LENGTH = 1024

interface Property {
  name: string
  value: string
}

export function cyclonedx(document: SbomDocument): AsyncGenerator<string> {
  const { subject, version, created } = document
  const timestamp = timestampOf(created)
  const metadata = {
    ...(timestamp === null ? {} : { timestamp }),
    tools: { components: [{ type: 'application', name: 'stella', ...versionMember(version) }] },
    component: subjectComponent(subject),
  }
  return jsonObject([
    { name: '$schema', value: 'http://cyclonedx.org/schema/bom-1.6.schema.json' },
    { name: 'bomFormat', value: 'CycloneDX' },
    { name: 'specVersion', value: '1.6' },
    { name: 'serialNumber', value: `urn:uuid:${documentUuid('cyclonedx', document)}` },
    { name: 'version', value: 1 },
    { name: 'metadata', value: metadata },
    { name: 'components', items: () => components(document) },
    { name: 'compositions', items: () => compositions(document) },
    { name: 'properties', items: () => problems(document) },
  ])
}

function subjectComponent(subject: SbomSubject): object {
  const { name, manifestDigest, configDigest, platform, layers } = subject
  const version = manifestDigest ?? configDigest
  const properties: Property[] = [
    ...(manifestDigest === null ? [] : [property('manifest-digest', manifestDigest)]),
    ...(configDigest === null ? [] : [property('config-digest', configDigest)]),
    ...(platform === null ? [] : [property('platform', platformText(platform))]),
    ...layers.map(({ diffId }) => property('layer', diffId)),
  ]
  return {
    'bom-ref': SUBJECT_REF,
    // A folder is no container, and nothing nearer is in the list of types.
    type: version === null && layers.length === 0 ? 'application' : 'container',
    name,
    ...versionMember(version),
    properties,
  }
}

async function* components(document: SbomDocument): AsyncGenerator<object> {
  const { distribution } = document.subject
  if (distribution !== null) yield distributionComponent(distribution)
  for await (const item of document.packages()) yield packageComponent(item)
}

function distributionComponent({ id, version, name }: Distribution): object {
  return {
    'bom-ref': DISTRIBUTION_REF,
    type: 'operating-system',
    name: id,
    ...versionMember(version),
    description: name,
  }
}

function packageComponent({ package: item, purl, occurrences }: SbomPackage): object {
  const { type, namespace, name, version } = item
  const layers = distinct(occurrences.flatMap(({ layer }) => layer ?? []))
  const catalogers = distinct(occurrences.map(({ by }) => by))
  const licences = licenceChoice(item.licences)
  return {
    'bom-ref': purl,
    type: 'library',
    ...(namespace === null || isOfDistribution(type) ? {} : { group: namespace }),
    name,
    ...versionMember(version),
    ...(licences.length === 0 ? {} : { licenses: licences }),
    purl,
    properties: [
      ...layers.map((layer) => property('layer', layer)),
      ...catalogers.map((id) => property('found-by', id)),
    ],
    evidence: { occurrences: occurrences.map(evidence) },
  }
}

function versionMember(version: string | null): { version?: string } {
  return version === null ? {} : { version: version.slice(0, MAX_VERSION_LENGTH) }
}

function evidence({ path, layer }: Occurrence): object {
  return { location: path, ...(layer === null ? {} : { additionalContext: `layer ${layer}` }) }
}

/** The schema knows either one expression, or a list of ids and names. */
function licenceChoice(stated: readonly string[]): object[] {
  const licences = licencesOf(stated)
  const acknowledgement = 'declared'
  const hasExpression = licences.some(({ kind }) => kind === 'expression')
  if (hasExpression && licences.every(({ kind }) => kind !== 'name')) {
    return [{ expression: allOf(licences.map(textOf)), acknowledgement }]
  }
  return licences.map((licence) =>
    licence.kind === 'id'
      ? { license: { id: licence.id, acknowledgement } }
      : { license: { name: textOf(licence), acknowledgement } },
  )
}

/** What was not read may hold more. */
function* compositions(document: SbomDocument): Generator<object> {
  for (const _ of document.problems()) {
    yield { aggregate: 'incomplete', assemblies: [SUBJECT_REF] }
    return
  }
}

function* problems(document: SbomDocument): Generator<Property> {
  for (const problem of document.problems()) yield property('problem', problemSentence(problem))
}

function property(name: string, value: string): Property {
  return { name: `stella:${name}`, value }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
