import { kubernetesObjects } from './kubernetes.ts'
import type { KubernetesObject } from './object.ts'
import { nearest } from './nearest.ts'
import type { Place, SourceFile } from './place.ts'
import { entriesAt, type Scalar } from './value.ts'
import { readYaml } from './yaml.ts'

/** What a workload may name: its namespace, and the file it stands in. */
export interface Owner {
  namespace: string
  file: SourceFile
}

/**
 * The ConfigMaps of all that is read together. They are many and large, so a document that holds nothing else is only taken
 * apart where a workload names it.
 */
export class ConfigMaps {
  readonly #objects: readonly KubernetesObject[]
  readonly #stretches: readonly Place[]
  readonly #read = new Map<Place, readonly KubernetesObject[]>()
  #byName: ReadonlyMap<string, readonly Place[]> | null = null

  /** @param stretches documents of which nothing is known but that they hold ConfigMaps */
  constructor(objects: readonly KubernetesObject[], stretches: readonly Place[]) {
    this.#objects = objects.filter(({ kind }) => kind === 'ConfigMap')
    this.#stretches = stretches
  }

  /** The texts of a map by their keys; null where none or more than one is meant. */
  dataOf(name: string, { namespace, file }: Owner): ReadonlyMap<string, Scalar> | null {
    const found = this.#named(name).filter((object) => object.namespace === namespace)
    const [object, other] = nearest(file, found)
    return object === undefined || other !== undefined ? null : textsOf(object)
  }

  #named(name: string): readonly KubernetesObject[] {
    this.#byName ??= namesIn(this.#stretches)
    const read = (this.#byName.get(name) ?? []).flatMap((stretch) => this.#objectsIn(stretch))
    return [...this.#objects, ...read].filter((object) => object.name === name)
  }

  #objectsIn(stretch: Place): readonly KubernetesObject[] {
    const known = this.#read.get(stretch)
    if (known !== undefined) return known
    const reading = readYaml(stretch)
    const objects = (reading.ok ? reading.values : [])
      .flatMap(kubernetesObjects)
      .filter(({ kind }) => kind === 'ConfigMap')
    this.#read.set(stretch, objects)
    return objects
  }
}

const NAME = /\bname["']?[ \t]*:[ \t]*["']?([a-z0-9][-a-z0-9.]{0,252})/g
/** Of one document: a dashboard may hold thousands of what looks like a name. */
const MAX_NAMES = 10_000

/** Which documents may hold a map of a name, found without taking them apart. */
function namesIn(stretches: readonly Place[]): ReadonlyMap<string, readonly Place[]> {
  const byName = new Map<string, Place[]>()
  for (const stretch of stretches) {
    const names = new Set<string>()
    for (const [, name = ''] of metadataOf(stretch).matchAll(NAME)) {
      if (names.size >= MAX_NAMES) break
      names.add(name)
    }
    for (const name of names) {
      const known = byName.get(name)
      if (known === undefined) byName.set(name, [stretch])
      else known.push(stretch)
    }
  }
  return byName
}

/** Where the name of an object stands: what is put into a map may be a thousand times as long. */
function metadataOf({ file: { text }, start, end }: Place): string {
  const metadata = text.indexOf('\nmetadata:', start)
  if (metadata === -1 || metadata >= end) return text.slice(start, end)
  const data = text.indexOf('\ndata:', metadata)
  return text.slice(metadata, data === -1 ? end : Math.min(data, end))
}

function textsOf({ root }: KubernetesObject): ReadonlyMap<string, Scalar> {
  return new Map(
    entriesAt(root, 'data').flatMap(([key, { value }]): [string, Scalar][] =>
      value.kind === 'scalar' ? [[key, value]] : [],
    ),
  )
}
