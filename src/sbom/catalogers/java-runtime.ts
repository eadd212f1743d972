/** Java itself, by the file `release` that every build of OpenJDK lays at its top. */
import { KIB } from '../../model/bytes.ts'
import type { Package } from '../../model/package.ts'
import type { Cataloger } from '../cataloger.ts'

const MAX_BYTES = 512 * KIB
/** No list of modules is longer. */
const LONGEST_VALUE = 1000

export const javaRuntime: Cataloger = {
  id: 'java-runtime',
  title: 'Java itself',
  version: 1,
  selects: { names: ['release'] },
  maxBytes: MAX_BYTES,
  reads: 'whole',
  *catalog({ path, bytes }) {
    const values = parseRelease(Buffer.from(bytes).toString('utf8'))
    const version = versionOf(values)
    if (version === null) return
    const [namespace, name] = product(values, path)
    const repository = values.get('SOURCE_REPO') ?? values.get('BUILD_SOURCE_REPO')
    const found: Package = {
      type: 'generic',
      namespace,
      name,
      version,
      qualifiers: repository === undefined ? {} : { repository_url: repository },
      licences: [],
    }
    yield { kind: 'package', package: found }
  },
}

/** `NAME="value"`; empty ones are as good as none. */
function parseRelease(text: string): Map<string, string> {
  const values = new Map<string, string>()
  for (const [, name = '', quoted = '', bare = ''] of text.matchAll(
    /^([A-Z_]+)=(?:"([^"\n]*)"|([^"\s]*))\s*$/gm,
  )) {
    const value = (quoted || bare).trim()
    if (value !== '' && value.length <= LONGEST_VALUE && !values.has(name)) values.set(name, value)
  }
  return values
}

/** The most exact one. A FULL_VERSION may count otherwise than JAVA_VERSION, which vulnerabilities name. */
function versionOf(values: ReadonlyMap<string, string>): string | null {
  const java = values.get('JAVA_VERSION') ?? null
  const full = values.get('FULL_VERSION') ?? null
  const exact = values.get('JAVA_RUNTIME_VERSION') ?? null
  if (java === null || exact !== null) return exact
  return full !== null && full.split('.')[0] === java.split('.')[0] ? full : java
}

/** The vendor and the product by which the NVD knows it. */
function product(values: ReadonlyMap<string, string>, path: string): [string, string] {
  const vendor = (values.get('IMPLEMENTOR') ?? '').toLowerCase()
  const isRuntime = (values.get('IMAGE_TYPE') ?? '').toLowerCase().includes('jre')
  const edition = isRuntime ? 'jre' : 'jdk'
  const isBy = (name: string): boolean => vendor.includes(name) || path.includes(`/${name}`)
  if (vendor.includes('azul') || path.includes('zulu')) return ['azul', 'zulu']
  if (/\bsun\b/.test(vendor)) return ['sun', edition]
  if (/\bibm\b/.test(vendor) || path.includes('/ibm')) {
    return ['ibm', isRuntime ? 'java' : 'java_sdk']
  }
  if (isBy('oracle') || values.get('BUILD_TYPE') === 'commercial') return ['oracle', edition]
  return ['oracle', 'openjdk']
}
