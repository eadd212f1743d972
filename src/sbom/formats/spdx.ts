/** SPDX 2.3 as JSON (https://spdx.github.io/spdx-spec/v2.3/). */
import { platformText } from '../../model/image.ts'
import type { Distribution, Occurrence } from '../../model/package.ts'
import {
  packageName,
  problemSentence,
  type SbomDocument,
  type SbomPackage,
  type SbomSubject,
} from '../document.ts'
import { documentUuid, shortDigest, slugOf, timestampOf } from './identity.ts'
import { jsonObject } from './json.ts'
import { LicenceBook } from './spdx-licences.ts'

const DOCUMENT_ID = 'SPDXRef-DOCUMENT'
const SUBJECT_ID = 'SPDXRef-Subject'
const DISTRIBUTION_ID = 'SPDXRef-OperatingSystem'
/** SPDX asks for a date, where nobody gave one. */
const NO_DATE = '1970-01-01T00:00:00Z'

/** What every package has to say, and nobody looked for. */
const UNKNOWN = {
  supplier: 'NOASSERTION',
  downloadLocation: 'NOASSERTION',
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
}

/** Packages are asked for twice: their relationships are a list of its own. */
export function spdx(document: SbomDocument): AsyncGenerator<string> {
  const { subject, version, created } = document
  const tool = `Tool: stella-${version}`
  const date = timestampOf(created) ?? NO_DATE
  const licences = new LicenceBook()
  // https://spdx.github.io/spdx-spec/v2.3/document-creation-information/#65-spdx-document-namespace-field
  const namespace = `https://spdx.org/spdxdocs/${slugOf(subject.name)}-${documentUuid('spdx', document)}`
  return jsonObject([
    { name: 'spdxVersion', value: 'SPDX-2.3' },
    { name: 'dataLicense', value: 'CC0-1.0' },
    { name: 'SPDXID', value: DOCUMENT_ID },
    { name: 'name', value: subject.name },
    { name: 'documentNamespace', value: namespace },
    { name: 'creationInfo', value: { created: date, creators: [tool] } },
    { name: 'packages', items: () => packages(document, licences) },
    { name: 'hasExtractedLicensingInfos', items: () => licences.entries() },
    { name: 'relationships', items: () => relationships(document) },
    { name: 'annotations', items: () => annotations(document, tool, date) },
  ])
}

async function* packages(document: SbomDocument, licences: LicenceBook): AsyncGenerator<object> {
  const { subject } = document
  yield subjectPackage(subject)
  if (subject.distribution !== null) yield distributionPackage(subject.distribution)
  for await (const item of document.packages()) yield packageOf(item, licences)
}

function subjectPackage(subject: SbomSubject): object {
  const { name, manifestDigest, configDigest, platform, layers } = subject
  const version = manifestDigest ?? configDigest
  const sha256 = /^sha256:([0-9a-f]{64})$/.exec(version ?? '')?.[1]
  const comment = [
    ...(platform === null ? [] : [`Platform: ${platformText(platform)}`]),
    ...layers.map(({ diffId }) => `Layer: ${diffId}`),
  ].join('\n')
  return {
    SPDXID: SUBJECT_ID,
    name,
    ...(version === null ? {} : { versionInfo: version }),
    ...UNKNOWN,
    licenseDeclared: 'NOASSERTION',
    primaryPackagePurpose: version === null && layers.length === 0 ? 'OTHER' : 'CONTAINER',
    ...(sha256 === undefined
      ? {}
      : { checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }] }),
    ...(comment === '' ? {} : { comment }),
  }
}

function distributionPackage({ id, version, name }: Distribution): object {
  return {
    SPDXID: DISTRIBUTION_ID,
    name: id,
    ...(version === null ? {} : { versionInfo: version }),
    ...UNKNOWN,
    licenseDeclared: 'NOASSERTION',
    primaryPackagePurpose: 'OPERATING_SYSTEM',
    summary: name,
  }
}

function packageOf(item: SbomPackage, licences: LicenceBook): object {
  const { package: named, purl, occurrences } = item
  return {
    SPDXID: packageId(item),
    name: packageName(named),
    ...(named.version === null ? {} : { versionInfo: named.version }),
    ...UNKNOWN,
    ...licences.declare(named.licences),
    primaryPackagePurpose: 'LIBRARY',
    ...(occurrences.length === 0 ? {} : { sourceInfo: occurrences.map(sentence).join('\n') }),
    externalRefs: [
      {
        referenceCategory: 'PACKAGE-MANAGER',
        referenceType: 'purl',
        referenceLocator: purl,
      },
    ],
  }
}

/** Made of the purl alone, so that a relationship finds it again without any memory of it. */
function packageId({ package: { type, name }, purl }: SbomPackage): string {
  return ['SPDXRef-Package', type, slugOf(name), shortDigest(purl)]
    .filter((part) => part !== '')
    .join('-')
}

function sentence({ path, layer, by }: Occurrence): string {
  return `found by ${by} in ${path}${layer === null ? '' : ` (layer ${layer})`}`
}

async function* relationships(document: SbomDocument): AsyncGenerator<object> {
  yield relationship(DOCUMENT_ID, 'DESCRIBES', SUBJECT_ID)
  if (document.subject.distribution !== null) {
    yield relationship(SUBJECT_ID, 'CONTAINS', DISTRIBUTION_ID)
  }
  for await (const item of document.packages()) {
    yield relationship(SUBJECT_ID, 'CONTAINS', packageId(item))
  }
}

function relationship(from: string, type: 'DESCRIBES' | 'CONTAINS', to: string): object {
  return { spdxElementId: from, relationshipType: type, relatedSpdxElement: to }
}

/** What could not be read. */
function* annotations(document: SbomDocument, annotator: string, date: string): Generator<object> {
  for (const problem of document.problems()) {
    const comment = problemSentence(problem)
    yield { annotationDate: date, annotationType: 'OTHER', annotator, comment }
  }
}
