import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { NamedImage } from '../../../app/scan/open.ts'

/** The name of an image, as whoever scans it takes it: a path is made whole, for the scanner may run in another folder. */
export function wholeName({ text, reference }: NamedImage): string {
  switch (reference.kind) {
    case 'docker-archive':
    case 'oci':
    case 'oci-archive':
      return `${reference.kind}:${resolve(reference.place)}`
    case 'dir':
      return `dir:${resolve(reference.path)}`
    case 'bare':
      return existsSync(text) ? resolve(text) : text
    case 'engine':
    case 'registry':
    case 'stdin':
      return text
  }
}
