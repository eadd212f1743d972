import type { ContainerFiles, FileMount } from '../workload.ts'
import type { ConfigMaps, Owner } from './config-maps.ts'
import { type Excerpt, excerptOf } from './excerpt.ts'
import { mountOfFile, mountOfFiles } from './mounts.ts'
import { at, itemsAt, textAt } from './value.ts'
import type { Mapping, Scalar, Value } from './value.ts'

/** More than any pod has. */
const MAX_MOUNTS = 100

/** The files that the volumes of a pod bring into a container. Only those of ConfigMaps can be known. */
export function podFiles(
  root: Mapping,
  spec: Mapping | null,
  maps: ConfigMaps,
  owner: Owner,
): ContainerFiles {
  const volumes = new Map(itemsAt(spec, 'volumes').map((item) => [textAt(item, 'name'), item]))
  const mounts = itemsAt(root, 'volumeMounts')
    .slice(0, MAX_MOUNTS)
    .flatMap((mount): FileMount[] => {
      const path = textAt(mount, 'mountPath')
      if (path === null) return []
      const files = lazily(() => filesOf(volumes.get(textAt(mount, 'name')) ?? null, maps, owner))
      return [mountOf(mount, path, files)]
    })
  return { workingDirectory: textAt(root, 'workingDir'), mounts }
}

type Texts = ReadonlyMap<string, Scalar>

function mountOf(mount: Value, path: string, files: () => Texts | null): FileMount {
  const isPart = at(mount, 'subPath') !== null || at(mount, 'subPathExpr') !== null
  if (isPart) {
    const part = textAt(mount, 'subPath') ?? ''
    return mountOfFile(path, () => textOf(files()?.get(part)))
  }
  // What the names are is only known once the map is read.
  const whole = lazily(() =>
    mountOfFiles(
      path,
      new Map([...(files() ?? [])].map(([name, scalar]) => [name, () => textOf(scalar)])),
    ),
  )
  return {
    path: mountOfFile(path, () => null).path,
    read: (below) => whole().read(below),
    names: (below) => whole().names(below),
  }
}

function textOf(scalar: Scalar | undefined): Excerpt | null {
  return scalar === undefined ? null : excerptOf(scalar)
}

/** The files of a volume by their paths in it; null where it holds something else, or something that is not known. */
function filesOf(volume: Value | null, maps: ConfigMaps, owner: Owner): Texts | null {
  const single = at(volume, 'configMap')
  if (single !== null) return filesOfMap(single, textAt(single, 'name'), maps, owner)
  const sources = itemsAt(volume, 'projected', 'sources')
  const files = new Map<string, Scalar>()
  for (const source of sources) {
    const map = at(source, 'configMap')
    for (const [path, scalar] of filesOfMap(map, textAt(map, 'name'), maps, owner) ?? [])
      files.set(path, scalar)
  }
  return files
}

function filesOfMap(
  source: Value | null,
  name: string | null,
  maps: ConfigMaps,
  owner: Owner,
): Texts | null {
  const data = name === null ? null : maps.dataOf(name, owner)
  if (data === null || at(source, 'items') === null) return data
  const files = new Map<string, Scalar>()
  for (const item of itemsAt(source, 'items')) {
    const scalar = data.get(textAt(item, 'key') ?? '')
    const path = textAt(item, 'path')
    if (scalar !== undefined && path !== null) files.set(path, scalar)
  }
  return files
}

function lazily<Made>(make: () => Made): () => Made {
  let made: { value: Made } | null = null
  return () => (made ??= { value: make() }).value
}
