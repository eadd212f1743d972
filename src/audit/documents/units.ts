import type { Place, SourceFile } from './place.ts'
import { settingsOf, type Setting } from './unit-file.ts'
import type { TextFormat } from './format.ts'
import type { Unit, UnitType } from './unit.ts'

/** A unit with all that is laid over it, in the order in which systemd reads it. */
export interface WholeUnit {
  /** `web.service`. */
  name: string
  folder: string
  type: UnitType
  /** False where only drop-ins are known. */
  isWhole: boolean
  settings: readonly Setting[]
  place: Place
}

const NAME =
  /(?:^|\/)(?<name>[^/]+\.(?<type>service|slice|scope|container))(?<dropIn>\.d\/[^/]+\.conf)?$/
/** D-Bus and Avahi have files of these names, too, in another syntax. */
const SECTION = /^\[(?:Unit|Service|Slice|Scope|Container|Install)\][ \t\r]*$/m

/** Where the settings of a type stand. */
export const SECTIONS = {
  service: 'Service',
  slice: 'Slice',
  scope: 'Scope',
  container: 'Service',
} as const satisfies Record<UnitType, string>

export const UNITS: TextFormat = {
  name: 'units of systemd and Quadlet',
  isMine: ({ path, text }) => isUnit(path, text) && SECTION.test(text),
  read: (file) => ({ units: [unitOf(file)] }),
}

/** Standard input has no name: what `systemctl cat` prints is told by its program. */
function isUnit(path: string, text: string): boolean {
  if (NAME.test(path)) return true
  return !/\.\w+$/.test(path) && /^(?:ExecStart|Memory(?:Max|High))[ \t]*=/m.test(text)
}

function unitOf(file: SourceFile): Unit {
  const { name = '', type, dropIn = '' } = NAME.exec(file.path)?.groups ?? {}
  return {
    file,
    id: name === '' ? file.path : file.path.slice(0, file.path.length - dropIn.length),
    type: isType(type) ? type : 'service',
    isDropIn: dropIn !== '',
    settings: settingsOf(file),
  }
}

function isType(text: string | undefined): text is UnitType {
  return text !== undefined && text in SECTIONS
}

/** Puts the files of one unit together, as far as they stand in one folder. */
export function wholeUnits(units: readonly Unit[]): WholeUnit[] {
  const byId = new Map<string, Unit[]>()
  for (const unit of units) byId.set(unit.id, [...(byId.get(unit.id) ?? []), unit])
  return [...byId].map(([id, files]) => {
    const slash = id.lastIndexOf('/') + 1
    const inOrder = files.toSorted(
      (a, b) => Number(a.isDropIn) - Number(b.isDropIn) || (a.file.path < b.file.path ? -1 : 1),
    )
    const [first] = inOrder
    const settings = inOrder.flatMap((unit) => unit.settings)
    const file = first?.file ?? { path: id, text: '' }
    return {
      name: id.slice(slash),
      folder: id.slice(0, slash),
      type: first?.type ?? 'service',
      isWhole: first?.isDropIn === false,
      settings,
      place: settings[0]?.keyPlace ?? { file, start: 0, end: Math.min(1, file.text.length) },
    }
  })
}

/** The assignments of a setting that hold: an empty one takes back those before it. */
export function valuesOf(
  { settings }: Pick<WholeUnit, 'settings'>,
  section: string,
  key: string,
): readonly Setting[] {
  const all = settings.filter((each) => each.section === section && each.key === key)
  const reset = all.findLastIndex(({ value }) => value.text === '')
  return all.slice(reset + 1)
}

/** Of a setting with one value, the last one counts. */
export function lastOf(
  unit: Pick<WholeUnit, 'settings'>,
  section: string,
  key: string,
): Setting | null {
  return valuesOf(unit, section, key).at(-1) ?? null
}
