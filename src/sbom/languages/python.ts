/**
 * What Python calls core metadata: fields as in a mail, then a description.
 * https://packaging.python.org/en/latest/specifications/core-metadata/
 */
import type { Found, StreamCatalog } from '../cataloger.ts'
import { installedPackage } from './package.ts'
import { readLines } from './read.ts'

const MAX_LINE_BYTES = 16 * 1024
/** Licences are only some of what classifiers say. */
const MAX_LICENCES = 50

/** The package that a `METADATA` or `PKG-INFO` describes. */
export function pythonMetadata(): StreamCatalog {
  const metadata = new Metadata()
  return readLines(MAX_LINE_BYTES, {
    line(text) {
      metadata.read(text)
      return undefined
    },
    end: () => metadata.package(),
  })
}

class Metadata {
  #isOver = false
  #field = ''
  #name = ''
  #version = ''
  #expression: string | null = null
  #licence: string | null = null
  readonly #classified: string[] = []

  read(line: string): void {
    if (this.#isOver) return
    if (line === '') {
      // A blank line ends the fields, but for those of a description that is a field itself, as setuptools wrote it.
      this.#isOver = this.#field !== '' && this.#field !== 'description'
      return
    }
    if (/^[ \t]/.test(line)) {
      // A licence of many lines is its text, and no name.
      if (this.#field === 'license') this.#licence = null
      return
    }
    const colon = line.indexOf(':')
    this.#field = line.slice(0, colon).toLowerCase()
    this.#take(this.#field, line.slice(colon + 1).trim())
  }

  #take(field: string, value: string): void {
    if (field === 'name') this.#name ||= value
    else if (field === 'version') this.#version ||= value
    else if (field === 'license-expression') this.#expression = value
    else if (field === 'license') this.#licence = value === 'UNKNOWN' ? null : value
    else if (field === 'classifier' && this.#classified.length < MAX_LICENCES) {
      const licence = /^License :: (?:.* :: )?(.+)$/.exec(value)?.[1]
      // The first says only that there is one.
      if (licence !== undefined && licence !== 'OSI Approved') this.#classified.push(licence)
    }
  }

  package(): readonly Found[] {
    // Python itself, which describes itself as a package on Red Hat and its kin, is none of PyPI.
    if (this.#name === 'Python') return []
    return installedPackage({
      type: 'pypi',
      name: normalName(this.#name),
      version: this.#version,
      licences:
        this.#expression === null ? [this.#licence, ...this.#classified] : [this.#expression],
    })
  }
}

/** As package URLs write names. https://github.com/package-url/purl-spec/blob/main/types/pypi-definition.json */
function normalName(name: string): string {
  return name.replaceAll('_', '-').toLowerCase()
}
