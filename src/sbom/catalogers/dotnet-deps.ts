/**
 * `APPLICATION.deps.json`: what a .NET application, or a framework that is installed, is made of.
 * https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md#appdepsjson-format
 */
import { MIB } from '../../model/bytes.ts'
import { field, isRecord, textField } from '../../parsers/json-fields.ts'
import type { Cataloger, Found, StreamCatalog } from '../cataloger.ts'
import { wanted } from '../languages/json-places.ts'
import { installedPackage } from '../languages/package.ts'
import { readJson } from '../languages/read.ts'

const ENTRIES = wanted(['targets', '*', '*'], ['libraries', '*'])
/** A framework names all its files in one entry. */
const MAX_ENTRY_BYTES = MIB
/** Larger applications than any; of those every library is told. */
const MAX_DEPENDENCIES = 20_000
/** Kinds of files that a library can bring. */
const FILES = ['runtime', 'runtimeTargets', 'native', 'resources', 'compile']
/** Everything but `reference`, `referenceassembly` and the like, which are no packages. */
const TYPES = new Set(['package', 'project', 'runtimepack'])
/** What a self-contained application calls the runtime that it brings. */
const RUNTIME = /^runtimepack\./

export const dotnetDeps: Cataloger = {
  id: 'dotnet-deps',
  title: '`*.deps.json` of .NET',
  version: 1,
  selects: { endings: ['.deps.json'] },
  maxBytes: 256 * MIB,
  reads: 'stream',
  open,
}

function open(): StreamCatalog {
  // Targets stand before libraries.
  const targets = new Targets()
  return readJson(ENTRIES, MAX_ENTRY_BYTES, {
    value(entry, path) {
      const key = path.at(-1) ?? ''
      if (path[0] === 'libraries') return targets.leaveOut(key) ? [] : library(key, entry)
      targets.add(key, entry)
      return undefined
    },
  })
}

/**
 * Which libraries bring files, themselves or by what they depend on. Others are needed only to build, or are empty since what they
 * brought became a part of .NET: nothing of them is there.
 */
class Targets {
  readonly #known = new Set<string>()
  readonly #bringing = new Set<string>()
  readonly #dependents = new Map<string, string[]>()
  #dependencies = 0

  add(key: string, entry: unknown): void {
    const dependencies = field(entry, 'dependencies')
    const names = isRecord(dependencies) ? Object.entries(dependencies) : []
    this.#dependencies += 1 + names.length
    if (this.#dependencies > MAX_DEPENDENCIES) return
    this.#known.add(key)
    for (const [name, version] of names) {
      const dependency = `${name}/${String(version)}`
      const dependents = this.#dependents.get(dependency) ?? []
      dependents.push(key)
      this.#dependents.set(dependency, dependents)
    }
    if (FILES.some((kind) => hasFields(field(entry, kind)))) this.#bringing.add(key)
  }

  leaveOut(key: string): boolean {
    if (this.#dependencies > MAX_DEPENDENCIES) return false
    this.#spread()
    return this.#known.has(key) && !this.#bringing.has(key)
  }

  /** Whoever depends on what brings files brings them too. */
  #spread(): void {
    if (this.#dependents.size === 0) return
    for (const key of this.#bringing) {
      // What is added to a set is walked as well.
      for (const dependent of this.#dependents.get(key) ?? []) this.#bringing.add(dependent)
    }
    this.#dependents.clear()
  }
}

const hasFields = (value: unknown): boolean => isRecord(value) && Object.keys(value).length > 0

function library(key: string, entry: unknown): readonly Found[] {
  const slash = key.indexOf('/')
  if (slash === -1 || !TYPES.has((textField(entry, 'type') ?? '').toLowerCase())) return []
  const name = key.slice(0, slash).replace(RUNTIME, '')
  return installedPackage({ type: 'nuget', name, version: key.slice(slash + 1) })
}
