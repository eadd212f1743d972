import type { Container, MemoryMount, Probe, Word, Workload } from '../workload.ts'
import {
  engineSize,
  memoryMountsIn,
  memoryOptionsIn,
  optionsIn,
  optionsOf,
  type Options,
} from './engine-options.ts'
import { placeOf } from './spelled.ts'
import { wordsOfSetting } from './unit-command.ts'
import { environmentOf } from './unit-environment.ts'
import { smallest, type Bounds } from './unit-limits.ts'
import { lastOf, valuesOf, type WholeUnit } from './units.ts'
import { commandWords, shellWords } from './words.ts'

const SECTION = 'Container'

/** A `.container` of Podman's Quadlet (podman-systemd.unit(5)): its keys become options of `podman run`, and PodmanArgs= stand behind them. */
export function quadletContainer(unit: WholeUnit, workload: Workload, bounds: Bounds): Container {
  const more = optionsIn(valuesOf(unit, SECTION, 'PodmanArgs').flatMap(wordsOfSetting))
  const image = lastWord(unit, 'Image')
  const engine = engineSize(more.last('memory', 'm') ?? lastWord(unit, 'Memory'))
  // In any other mode the container stands beside its service, and in a pod below the pod.
  const mode = more.last('cgroups') ?? lastWord(unit, 'CgroupsMode')
  const isElsewhere = lastWord(unit, 'Pod') ?? more.last('pod', 'cgroup-parent')
  const isInService = (mode === null || mode.text === 'split') && isElsewhere === null
  const service = isInService ? [bounds.own, bounds.slice] : []
  const isInOtherSlice = lastOf(unit, 'Service', 'Slice') !== null && bounds.slice === null
  const reservation = engineSize(more.last('memory-reservation'))
  const { environment, environmentIsWhole } = environmentOf(unit, SECTION)
  const entrypoint = entrypointOf(unit)
  return {
    workload,
    name: unit.name,
    place: image?.place ?? unit.place,
    isWhole: unit.isWhole && image !== null && isElsewhere === null && !isInOtherSlice,
    role: 'main',
    image: image === null || /\.(?:image|build)$/.test(image.text) ? null : image,
    limit: engine ?? service[0] ?? null,
    request: reservation,
    effectiveLimit: smallest([engine, ...service]),
    reservation,
    memorySwap: engineSize(more.last('memory-swap')),
    sharedMemory: engineSize(more.last('shm-size') ?? lastWord(unit, 'ShmSize')),
    memoryMounts: memoryMountsOf(unit, more),
    options: memoryOptionsIn(more),
    environment,
    environmentIsWhole: environmentIsWhole && more.all('env', 'e', 'env-file').length === 0,
    words: commandWords([...entrypoint, ...execOf(unit)]),
    namesProgram: entrypoint.length > 0,
    probes: probesOf(unit),
    root: null,
  }
}

function lastWord(unit: WholeUnit, key: string): Word | null {
  const setting = lastOf(unit, SECTION, key)
  return setting === null ? null : { text: setting.value.text, place: placeOf(setting.value) }
}

/** Keys with options of the same name: a line of Tmpfs= is one value, one of Mount= is taken apart into words. */
function memoryMountsOf(unit: WholeUnit, more: Options): MemoryMount[] {
  const tmpfs = valuesOf(unit, SECTION, 'Tmpfs').map(({ value }) => ({
    name: 'tmpfs',
    word: { text: value.text, place: placeOf(value) },
  }))
  const mounts = valuesOf(unit, SECTION, 'Mount').flatMap((setting) =>
    wordsOfSetting(setting).map((word) => ({ name: 'mount', word })),
  )
  return [...memoryMountsIn(optionsOf([...tmpfs, ...mounts])), ...memoryMountsIn(more)]
}

function execOf(unit: WholeUnit): Word[] {
  const setting = lastOf(unit, SECTION, 'Exec')
  return setting === null ? [] : wordsOfSetting(setting)
}

/** A program, or a list in JSON, whose words stand nowhere by themselves. */
function entrypointOf(unit: WholeUnit): Word[] {
  const setting = lastOf(unit, SECTION, 'Entrypoint')
  if (setting === null) return []
  const place = placeOf(setting.value)
  const items = listOf(setting.value.text)
  return items.map((text) => ({ text, place }))
}

function listOf(text: string): string[] {
  if (!text.startsWith('[')) return [text]
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
  } catch {
    return []
  }
}

function probesOf(unit: WholeUnit): Probe[] {
  const word = lastWord(unit, 'HealthCmd')
  if (word === null || word.text === 'none') return []
  return [{ isCheck: true, words: shellWords(word), place: word.place }]
}
