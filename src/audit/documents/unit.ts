import type { SourceFile } from './place.ts'
import type { Setting } from './unit-file.ts'

export type UnitType = 'service' | 'slice' | 'scope' | 'container'

/** A file of systemd: a unit, a container of Podman's Quadlet, or what is laid over one. */
export interface Unit {
  file: SourceFile
  /** Of the unit that it is or is laid over, with its folder: `etc/systemd/web.service`. */
  id: string
  type: UnitType
  isDropIn: boolean
  settings: readonly Setting[]
}
